import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gt, satisfies } from 'semver'
import { migrateUp, type Migration } from '../database/index.ts'
import type { CatalogueEntry, ReadPlugin } from './catalogue.ts'
import { grantsState } from './consent.ts'
import { dependantsOf, dependenciesOf } from './dependencies.ts'
import { contributionNames, describeContributions } from './description.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import type { PluginManifest } from './manifest.ts'
import { problemsOf } from './planning.ts'
import { stateOf, type PluginState } from './plugin-store.ts'
import { tierOf } from './plugin-tier.ts'
import { pluginsRefusals } from './refusals.ts'
import { foundEntry } from './releases.ts'
import type { Operation, PluginDetail, PluginSummary, ReleaseEntry, SwitchEntry } from './routes.ts'

const OPERATIONS_MAX = 50

/** What the operator may look at: never runs a plugin, changes nothing. */
export interface Marketplace {
  list(): Promise<readonly PluginSummary[]>
  summary(id: string): Promise<PluginSummary>
  show(id: string): Promise<PluginDetail>
  /** The release that serves, served last, or would be enabled. */
  current(id: string): Promise<ReadPlugin>
  contributions(plugin: ReadPlugin): readonly SwitchEntry[]
  operations(id: string): Promise<readonly Operation[]>
  lastOperation(id: string): Promise<Operation | null>
}

export function createMarketplace(parts: LifecycleParts, lifecycle: Lifecycle): Marketplace {
  const { catalogue, store, host, serving, switches } = parts
  const namesByDigest = new Map<string, readonly string[]>()

  function currentOf(
    { id, bundled, problems, releases }: CatalogueEntry,
    state: PluginState,
  ): ReadPlugin | null {
    const active = serving.get(id)?.plugin
    if (active) return active
    if (!bundled && problems.length > 0) return null
    const last = releases.find(({ manifest }) => manifest.version === state.version)
    return (state.isPinned ? last : undefined) ?? releases[0] ?? null
  }

  async function summaryOf(entry: CatalogueEntry, state: PluginState): Promise<PluginSummary> {
    const { id } = entry
    const plugin = currentOf(entry, state)
    const active = serving.get(id)
    // The folder is judged as well: what is wrong with it stands in the way of the next reload.
    const broken = plugin ? await problemsOf(parts, newestFolder(entry, plugin)) : entry.problems
    const isBroken = broken.length > 0 && !active && state.state !== 'quarantined'
    return {
      ...describe(id, plugin),
      desired: state.desired,
      state: active ? 'enabled' : isBroken ? 'invalid' : idleState(state),
      isChanging: lifecycle.isChanging(id),
      generation: serving.generation(id),
      reason: active ? null : state.reason,
      problems: [...new Set([...broken, ...entry.brokenReleases])],
      source: plugin?.source ?? 'bundled',
      update: updateOf(entry, state, plugin),
      isPinned: state.isPinned,
      tier: active?.tier ?? tierOf(state.tier, plugin?.source ?? 'bundled'),
      previous: state.previousVersion === null ? null : { version: state.previousVersion },
    }
  }

  async function summary(id: string): Promise<PluginSummary> {
    return summaryOf(await foundEntry(parts, id), stateOf(id, (await store.states()).get(id)))
  }

  async function current(id: string): Promise<ReadPlugin> {
    const entry = await foundEntry(parts, id)
    const plugin = currentOf(entry, stateOf(id, (await store.states()).get(id)))
    if (!plugin) throw pluginsRefusals.verification_failed({ pluginId: id, problems: entry.problems })
    return plugin
  }

  const contributions = ({ manifest }: ReadPlugin): SwitchEntry[] =>
    contributionNames(manifest).map(({ kind, id, title }) => ({
      kind,
      id,
      title,
      isDisabled: switches.isOff(manifest.id, kind, id),
    }))

  async function releasesOf({ id, releases }: CatalogueEntry): Promise<ReleaseEntry[]> {
    const known = new Map((await parts.packages.releases(id)).map((info) => [info.digest, info]))
    const active = serving.get(id)?.plugin
    const read = releases.map(async ({ source, digest, manifest: { version, publisher } }) => {
      const info = digest === null ? undefined : known.get(digest)
      return {
        version,
        source,
        digest,
        publisher,
        isServing: active?.manifest.version === version,
        signature: info?.signature ?? 'bundled',
        keyId: info?.keyId ?? null,
        keyState: info?.keyId ? await parts.packages.keyState(info.keyId) : null,
        sizeBytes: info?.size ?? null,
        installedAt: info?.installedAt ?? null,
      }
    })
    return Promise.all(read)
  }

  /** Packages have no files of them; and their code is asked once, where it may run. */
  async function packagedNames(plugin: ReadPlugin): Promise<readonly string[]> {
    const { digest, source, manifest } = plugin
    const known = digest === null ? undefined : namesByDigest.get(digest)
    if (known) return known
    const { tier } = stateOf(manifest.id, (await store.states()).get(manifest.id))
    const { migrations, end } = await parts.loadMigrations(plugin, tierOf(tier, source), undefined)
    const names = migrations.map(({ name }) => name)
    await end()
    if (digest !== null) namesByDigest.set(digest, names)
    return names
  }

  async function migrationsOf(id: string, plugin: ReadPlugin) {
    const names = plugin.digest === null ? migrationNames(plugin.files) : await packagedNames(plugin)
    const pending = await migrateUp(host.database, id, names.map(unrunnable), { dryRun: true })
    return names.map((name) => ({ name, isApplied: !pending.some((one) => one.name === name) }))
  }

  const lastOperation = async (id: string): Promise<Operation | null> =>
    lifecycle.running(id) ?? (await store.operations(id, 1))[0] ?? null

  return {
    summary,
    current,
    contributions,
    lastOperation,
    list: async () => {
      const [entries, states] = await Promise.all([catalogue.list(), store.states()])
      for (const { id } of entries) if (!serving.get(id)) host.gateway.setDisabled(id, true)
      return Promise.all(entries.map((entry) => summaryOf(entry, stateOf(entry.id, states.get(entry.id)))))
    },
    show: async (id) => {
      const plugin = await current(id)
      const { manifest, directory, files } = plugin
      const found = await catalogue.manifests()
      const read = (name: string) => readFile(path.join(directory, name), 'utf8').catch(() => null)
      return {
        ...(await summary(id)),
        description: manifest.description,
        kernel: manifest.kernel,
        readme: await read('README.md'),
        changelog: await read('CHANGELOG.md'),
        screenshots: await parts.screenshots(manifest, { directory, files }),
        ...describeContributions(manifest, dependenciesOf(manifest, serving.manifests, found)),
        contributions: contributions(plugin),
        quarantinedAt: stateOf(id, (await store.states()).get(id)).quarantinedAt?.toISOString() ?? null,
        approval: await grantsState(parts, plugin),
        releases: await releasesOf(await foundEntry(parts, id)),
        dependants: [...dependantsOf(id, serving.manifests.values())],
        dependencyGraph: dependencyGraph(id, new Map([...found, [id, manifest], ...serving.manifests])),
        migrations: await migrationsOf(id, plugin),
        lastOperation: await lastOperation(id),
      }
    },
    operations: async (id) => {
      const kept = await store.operations(id, OPERATIONS_MAX)
      if (kept.length === 0) await foundEntry(parts, id)
      return kept
    },
  }
}

/** In safe mode what is wanted does not serve. */
function idleState({ state }: PluginState): PluginSummary['state'] {
  return state === 'enabled' ? 'disabled' : state
}

function describe(
  id: string,
  plugin: ReadPlugin | null,
): Pick<PluginSummary, 'id' | 'name' | 'version' | 'summary' | 'publisher' | 'category' | 'icon'> {
  const {
    name = id,
    version = '',
    summary = '',
    publisher = '',
    category = '',
    icon = 'i-lucide-package-x',
  } = plugin?.manifest ?? {}
  return { id, name, version, summary, publisher, category, icon }
}

/** While it serves from a folder, what is there now is what the next reload takes. */
function newestFolder({ bundled }: CatalogueEntry, plugin: ReadPlugin): ReadPlugin {
  return plugin.source === 'bundled' && plugin.digest === null && bundled ? bundled : plugin
}

function updateOf(
  { releases: [newest] }: CatalogueEntry,
  state: PluginState,
  plugin: ReadPlugin | null,
): PluginSummary['update'] {
  if (!newest || !plugin || state.isPinned || state.desired === 'disabled') return null
  const serving = state.version ?? plugin.manifest.version
  return gt(newest.manifest.version, serving) ? { version: newest.manifest.version } : null
}

/** Every requirement that can be reached from the plugin, in either direction. */
function dependencyGraph(
  id: string,
  manifests: ReadonlyMap<string, PluginManifest>,
): PluginDetail['dependencyGraph'] {
  const edges = [...manifests.values()].flatMap(({ id: from, requires = {} }) =>
    Object.entries(requires).map(([to, range]) => ({
      from,
      to,
      range,
      isSatisfied: satisfies(manifests.get(to)?.version ?? '', range),
    })),
  )
  const reached = new Set<string>()
  const walk = (at: string, key: 'from' | 'to', next: 'from' | 'to'): void => {
    for (const edge of edges) {
      const name = `${edge.from} ${edge.to}`
      if (edge[key] !== at || reached.has(name)) continue
      reached.add(name)
      walk(edge[next], key, next)
    }
  }
  walk(id, 'from', 'to')
  walk(id, 'to', 'from')
  return edges.filter(({ from, to }) => reached.has(`${from} ${to}`))
}

function migrationNames(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => /^migrations\/(\d{4}-[a-z0-9-]+)\.ts$/.exec(file)?.[1] ?? [])
}

/** Names are enough to ask which are applied. */
function unrunnable(name: string): Migration {
  const refuse = async (): Promise<never> => {
    throw new Error(`${name} was only asked for by name.`)
  }
  return { name, up: refuse, down: refuse }
}
