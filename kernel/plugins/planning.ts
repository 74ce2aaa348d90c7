import { migrateUp, unknownMigrations, type Migration } from '../database/index.ts'
import type { ReadPlugin } from './catalogue.ts'
import { grantsState } from './consent.ts'
import {
  brokenDependants,
  dependantsInOrder,
  dependenciesOf,
  dependenciesToEnable,
  dependencyCycle,
} from './dependencies.ts'
import { describeContributions } from './description.ts'
import { dryRun, inspectMigration } from './dry-run.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import type { PluginManifest } from './manifest.ts'
import { migrationProblems } from './migration-tables.ts'
import { sentence } from './operation-record.ts'
import { tierOf } from './plugin-tier.ts'
import {
  foundEntry,
  releaseOf,
  releasesToRollBack,
  releaseToEnable,
  releaseToReload,
  releaseToUpgrade,
  stateOfPlugin,
} from './releases.ts'
import type { Plan, PlannedAction } from './routes.ts'
import { sizesOf } from './plugin-data.ts'
import { tablesOf } from './uninstall.ts'
import { verify } from './verification.ts'

type Planned = Plan['migrations'][number]

interface Target {
  readonly action: PlannedAction
  readonly plugin: ReadPlugin
  /** Of a rollback. */
  readonly leaving?: ReadPlugin
}

/** What a change to the plugin would do. Runs none of its code but migrations, and those against no database. */
export async function planChange(
  parts: LifecycleParts,
  id: string,
  request: { readonly action?: PlannedAction; readonly version?: string },
): Promise<Plan> {
  const target = await targetOf(parts, id, request)
  const { action, plugin } = target
  const { serving, catalogue } = parts
  const { manifest } = plugin
  const found = await catalogue.manifests()
  const state = await stateOfPlugin(parts, id)
  const dependencies = dependenciesOf(manifest, serving.manifests, found)
  const isUp = action !== 'disable' && action !== 'uninstall'
  const migrations = isUp || action === 'uninstall' ? await plannedMigrations(parts, target) : nothing
  const ruleProblems = isUp ? await problemsOf(parts, plugin) : []
  const cycle = isUp ? dependencyCycle(manifest, found) : undefined
  const needed = action === 'enable' ? dependenciesToEnable(manifest, serving.manifests, found) : []
  // What would be enabled first is no problem.
  const unmet = isUp
    ? dependencies.filter((one) => one.state !== 'satisfied' && !needed.includes(one.id))
    : []
  return {
    pluginId: id,
    action,
    version: manifest.version,
    fromVersion: state.version === manifest.version ? null : state.version,
    problems: [
      ...ruleProblems,
      ...migrations.problems,
      ...(cycle ? [`Plugins need each other in a circle: ${cycle.join(' → ')}.`] : []),
      ...unmet.map((one) => `It needs ${one.id} ${one.range}, which is ${one.state}.`),
    ],
    migrations: [...migrations.planned],
    grantsDifference: (await grantsState(parts, plugin)).difference,
    dependenciesToEnable: await Promise.all(needed.map((other) => plannedDependency(parts, other))),
    dependants: [...dependantsInOrder(id, serving.manifests)],
    tables: action === 'uninstall' ? await sizesOf(parts.host.database, await tablesOf(parts, id)) : [],
    ...describeContributions(manifest, dependencies),
  }
}

const nothing: { readonly planned: readonly Planned[]; readonly problems: readonly string[] } = {
  planned: [],
  problems: [],
}

async function targetOf(
  parts: LifecycleParts,
  id: string,
  request: { readonly action?: PlannedAction; readonly version?: string },
): Promise<Target> {
  const { serving } = parts
  const action = request.action ?? (serving.get(id) ? 'reload' : 'enable')
  const { version } = await stateOfPlugin(parts, id)
  switch (action) {
    case 'enable':
      return { action, plugin: await releaseToEnable(parts, id, request.version) }
    case 'reload':
      return { action, plugin: await releaseToReload(parts, id) }
    case 'upgrade':
      return {
        action,
        plugin: await releaseToUpgrade(parts, id, request.version ?? (await newest(parts, id))),
      }
    case 'rollback':
      return { action, ...(await releasesToRollBack(parts, id)) }
    case 'disable':
    case 'isolate':
    case 'uninstall':
      return { action, plugin: await releaseOf(parts, id, version ?? (await newest(parts, id))) }
  }
}

async function newest(parts: LifecycleParts, id: string): Promise<string> {
  const plugin = (await foundEntry(parts, id)).releases[0] ?? (await releaseToEnable(parts, id))
  return plugin.manifest.version
}

async function plannedDependency(
  parts: LifecycleParts,
  id: string,
): Promise<Plan['dependenciesToEnable'][number]> {
  const plugin = await releaseToEnable(parts, id)
  const { difference } = await grantsState(parts, plugin)
  return { id, version: plugin.manifest.version, grantsAdded: difference.added }
}

/** Sentences about the rules a release breaks beside what is enabled now. */
export async function problemsOf(parts: LifecycleParts, plugin: ReadPlugin): Promise<readonly string[]> {
  const { serving, kernel } = parts
  const { manifest } = plugin
  const others = serving.manifestsBeside(manifest.id)
  const own = await verify(plugin, { ...kernel, others })
  return serving.get(manifest.id) ? [...own, ...brokenDependants(manifest, others)] : own
}

interface PlannedMigrations {
  readonly planned: readonly Planned[]
  readonly problems: readonly string[]
}

async function plannedMigrations(parts: LifecycleParts, target: Target): Promise<PlannedMigrations> {
  const { plugin, leaving } = target
  try {
    return await withMigrations(parts, plugin, async (own) =>
      leaving
        ? withMigrations(parts, leaving, (others) => plannedBack(own, others))
        : plannedAhead(parts, target, own),
    )
  } catch (error) {
    return { planned: [], problems: [`Its migrations cannot be read: ${sentence(error)}`] }
  }
}

async function withMigrations<T>(
  parts: LifecycleParts,
  plugin: ReadPlugin,
  work: (migrations: readonly Migration[]) => Promise<T>,
): Promise<T> {
  const { tier } = await stateOfPlugin(parts, plugin.manifest.id)
  const { migrations, end } = await parts.loadMigrations(plugin, tierOf(tier, plugin.source), undefined)
  try {
    return await work(migrations)
  } finally {
    await end()
  }
}

async function plannedBack(
  kept: readonly Migration[],
  leaving: readonly Migration[],
): Promise<PlannedMigrations> {
  const own = leaving.filter(({ name }) => !kept.some((one) => one.name === name))
  return { planned: await Promise.all(phased(own).reverse().map(plannedDown)), problems: [] }
}

async function plannedAhead(
  parts: LifecycleParts,
  { plugin, action }: Target,
  migrations: readonly Migration[],
): Promise<PlannedMigrations> {
  const { id } = plugin.manifest
  const { database } = parts.host
  if (action === 'uninstall') {
    return { planned: await Promise.all(migrations.toReversed().map(plannedDown)), problems: [] }
  }
  const unknown = await unknownMigrations(database, id, migrations)
  const pending = await migrateUp(database, id, migrations, { dryRun: true })
  const names = new Set(pending.map(({ name }) => name))
  const ahead = migrations.filter(({ name }) => names.has(name))
  const steps = await Promise.all(
    (parts.serving.get(id) ? phased(ahead) : ahead).map((migration) => plannedUp(plugin.manifest, migration)),
  )
  const newer = `The database was changed by a newer version: ${unknown.join(', ')}.`
  return {
    planned: steps.map(({ migration }) => migration),
    problems: [...(unknown.length > 0 ? [newer] : []), ...steps.flatMap(({ problems }) => problems)],
  }
}

/** What removes or narrows comes last. */
function phased(migrations: readonly Migration[]): Migration[] {
  const isLate = ({ phase }: Migration): boolean => phase === 'contract'
  return [...migrations.filter((one) => !isLate(one)), ...migrations.filter(isLate)]
}

async function plannedUp(
  manifest: PluginManifest,
  migration: Migration,
): Promise<{ readonly migration: Planned; readonly problems: readonly string[] }> {
  const statements = await foreseen(migration)
  return {
    migration: planned(migration, 'up', statements),
    problems: migrationProblems(manifest, [await inspectMigration(migration)]),
  }
}

async function plannedDown(migration: Migration): Promise<Planned> {
  const backwards = { ...migration, up: (knex: Parameters<Migration['up']>[0]) => migration.down(knex) }
  return planned(migration, 'down', await foreseen(backwards))
}

function planned(
  { name, phase = 'expand' }: Migration,
  direction: Planned['direction'],
  statements: readonly string[],
): Planned {
  return { name, phase, direction, statements: [...statements] }
}

async function foreseen(migration: Migration): Promise<readonly string[]> {
  return dryRun(migration).catch((error: unknown) => [
    `-- Cannot be foreseen: it looks at rows first (${sentence(error)})`,
  ])
}
