import { satisfies } from 'semver'
import type { PluginManifest } from './manifest.ts'

export interface Dependency {
  readonly id: string
  readonly range: string
  readonly version: string | null
  readonly state: 'satisfied' | 'disabled' | 'missing' | 'incompatible'
}

type Manifests = ReadonlyMap<string, PluginManifest>

/** How each plugin that `manifest` requires stands. */
export function dependenciesOf(
  manifest: PluginManifest,
  enabled: Manifests,
  found: Manifests,
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

/** All that need the plugin, directly or through others, in the order in which they can be disabled. */
export function dependantsInOrder(id: string, enabled: Manifests): readonly string[] {
  const needing = new Set<string>()
  const collect = (needed: string): void => {
    for (const other of dependantsOf(needed, enabled.values())) {
      if (other === id || needing.has(other)) continue
      needing.add(other)
      collect(other)
    }
  }
  collect(id)
  const manifests = [...needing].map((other) => enabled.get(other) as PluginManifest)
  return inDependencyOrder(manifests)
    .map((manifest) => manifest.id)
    .reverse()
}

/** All that the plugin needs and that is not enabled yet, in the order in which it can be enabled. */
export function dependenciesToEnable(
  manifest: PluginManifest,
  enabled: Manifests,
  found: Manifests,
): readonly string[] {
  const needed = new Map<string, PluginManifest>()
  const collect = ({ requires = {} }: PluginManifest): void => {
    for (const id of Object.keys(requires)) {
      const other = found.get(id)
      if (!other || enabled.has(id) || id === manifest.id || needed.has(id)) continue
      needed.set(id, other)
      collect(other)
    }
  }
  collect(manifest)
  return inDependencyOrder([...needed.values()]).map(({ id }) => id)
}

/** The circle in which the plugin needs itself, `['a', 'b', 'a']`; undefined when there is none. */
export function dependencyCycle(manifest: PluginManifest, found: Manifests): readonly string[] | undefined {
  const seen = new Set<string>()
  const follow = (id: string, way: readonly string[]): readonly string[] | undefined => {
    if (id === manifest.id && way.length > 0) return [...way, id]
    if (seen.has(id)) return undefined
    seen.add(id)
    const { requires = {} } = id === manifest.id ? manifest : (found.get(id) ?? {})
    for (const other of Object.keys(requires)) {
      const circle = follow(other, [...way, id])
      if (circle) return circle
    }
    return undefined
  }
  return follow(manifest.id, [])
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
