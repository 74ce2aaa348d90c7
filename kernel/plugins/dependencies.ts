import { satisfies } from 'semver'
import type { PluginManifest } from './manifest.ts'

export interface Dependency {
  readonly id: string
  readonly range: string
  readonly version: string | null
  readonly state: 'satisfied' | 'disabled' | 'missing' | 'incompatible'
}

/** How each plugin that `manifest` requires stands. */
export function dependenciesOf(
  manifest: PluginManifest,
  enabled: ReadonlyMap<string, PluginManifest>,
  found: ReadonlyMap<string, PluginManifest>,
): readonly Dependency[] {
  return Object.entries(manifest.requires ?? {}).map(([id, range]) => {
    const other = enabled.get(id) ?? found.get(id)
    if (!other) return { id, range, version: null, state: 'missing' }
    const { version } = other
    if (!satisfies(version, range)) return { id, range, version, state: 'incompatible' }
    return { id, range, version, state: enabled.has(id) ? 'satisfied' : 'disabled' }
  })
}

/** Ids of those among `others` that require the plugin. */
export function dependantsOf(id: string, others: Iterable<PluginManifest>): readonly string[] {
  return [...others].filter(({ requires = {} }) => Object.hasOwn(requires, id)).map((other) => other.id)
}

/** Sentences about enabled dependants that the new version would not satisfy. */
export function brokenDependants(
  manifest: PluginManifest,
  others: Iterable<PluginManifest>,
): readonly string[] {
  return [...others].flatMap(({ id, requires = {} }) => {
    const range = requires[manifest.id]
    if (range === undefined || satisfies(manifest.version, range)) return []
    return [`${id} is enabled and needs ${manifest.id} ${range}; this is ${manifest.version}.`]
  })
}

/** Dependencies first. Those in a cycle keep their order; each finds the other one not enabled. */
export function inDependencyOrder(manifests: readonly PluginManifest[]): readonly PluginManifest[] {
  const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]))
  const sorted = new Set<PluginManifest>()
  const visiting = new Set<string>()
  const visit = (manifest: PluginManifest): void => {
    if (visiting.has(manifest.id)) return
    visiting.add(manifest.id)
    for (const id of Object.keys(manifest.requires ?? {})) {
      const other = byId.get(id)
      if (other) visit(other)
    }
    sorted.add(manifest)
  }
  for (const manifest of manifests) visit(manifest)
  return [...sorted]
}
