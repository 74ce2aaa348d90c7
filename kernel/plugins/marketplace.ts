import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { migrateUp, unknownMigrations, type Migration } from '../database/index.ts'
import { tablePrefix } from './attempt.ts'
import type { CatalogueEntry, ReadPlugin } from './catalogue.ts'
import { brokenDependants, dependantsOf, dependenciesOf, type Dependency } from './dependencies.ts'
import { describeContributions } from './description.ts'
import { createdTables, dryRun } from './dry-run.ts'
import type { Lifecycle, LifecycleParts } from './lifecycle.ts'
import { sentence } from './operation-record.ts'
import type { PluginState } from './plugin-store.ts'
import { pluginsRefusals } from './refusals.ts'
import type { Operation, Plan, PluginDetail, PluginSummary } from './routes.ts'
import { verify } from './verification.ts'

const OPERATIONS_MAX = 50

/** What the operator may look at: never runs a plugin, changes nothing. */
export interface Marketplace {
  list(): Promise<readonly PluginSummary[]>
  show(id: string): Promise<PluginDetail>
  plan(id: string): Promise<Plan>
  operations(id: string): Promise<readonly Operation[]>
  lastOperation(id: string): Promise<Operation | null>
}

export function createMarketplace(parts: LifecycleParts, lifecycle: Lifecycle): Marketplace {
  const { catalogue, store, host } = parts

  async function found(id: string): Promise<CatalogueEntry> {
    const entry = await catalogue.find(id)
    if (!entry) throw pluginsRefusals.plugin_not_found({ pluginId: id })
    return entry
  }

  async function readable(id: string): Promise<ReadPlugin> {
    const { plugin, problems } = await found(id)
    if (!plugin) throw pluginsRefusals.verification_failed({ pluginId: id, problems })
    return plugin
  }

  async function problemsOf({ manifest, ...rest }: ReadPlugin): Promise<readonly string[]> {
    const others = [...lifecycle.enabled.values()].filter(({ id }) => id !== manifest.id)
    const own = await verify({ manifest, ...rest }, { ...parts.kernel, others })
    return lifecycle.enabled.has(manifest.id) ? [...own, ...brokenDependants(manifest, others)] : own
  }

  async function summaryOf(entry: CatalogueEntry, state: PluginState | undefined): Promise<PluginSummary> {
    const { id, plugin } = entry
    const problems = plugin ? await problemsOf(plugin) : entry.problems
    const isEnabled = lifecycle.enabled.has(id)
    const ofProblems = problems.length > 0 ? 'invalid' : (state?.state ?? 'disabled')
    const {
      name = id,
      version = '',
      summary = '',
      publisher = '',
      category = '',
      icon = 'i-lucide-package-x',
    } = plugin?.manifest ?? {}
    return {
      ...{ id, name, version, summary, publisher, category, icon },
      desired: state?.desired ?? 'disabled',
      state: isEnabled ? 'enabled' : ofProblems,
      isChanging: lifecycle.isChanging(id),
      generation: lifecycle.generation(id),
      reason: isEnabled ? null : (state?.reason ?? null),
      problems: [...problems],
    }
  }

  async function dependencies(plugin: ReadPlugin): Promise<readonly Dependency[]> {
    const entries = await catalogue.list()
    const manifests = new Map(
      entries.flatMap((entry) => (entry.plugin ? [[entry.id, entry.plugin.manifest]] : [])),
    )
    return dependenciesOf(plugin.manifest, lifecycle.enabled, manifests)
  }

  async function pendingNames(id: string, migrations: readonly Migration[]): Promise<ReadonlySet<string>> {
    const pending = await migrateUp(host.database, id, migrations, { dryRun: true })
    return new Set(pending.map(({ name }) => name))
  }

  const lastOperation = async (id: string): Promise<Operation | null> =>
    lifecycle.running(id) ?? (await store.operations(id, 1))[0] ?? null

  return {
    list: async () => {
      const [entries, states] = await Promise.all([catalogue.list(), store.states()])
      for (const { id } of entries) if (!lifecycle.enabled.has(id)) host.gateway.setDisabled(id, true)
      return Promise.all(entries.map((entry) => summaryOf(entry, states.get(entry.id))))
    },
    show: async (id) => {
      const plugin = await readable(id)
      const { manifest, folder } = plugin
      const summary = await summaryOf(await found(id), (await store.states()).get(id))
      const names = migrationNames(folder.files)
      const pending = await pendingNames(id, names.map(unrunnable))
      return {
        ...summary,
        description: manifest.description,
        kernel: manifest.kernel,
        readme: await readFile(path.join(folder.directory, 'README.md'), 'utf8').catch(() => null),
        ...describeContributions(manifest, await dependencies(plugin)),
        dependants: [...dependantsOf(id, lifecycle.enabled.values())],
        migrations: names.map((name) => ({ name, isApplied: !pending.has(name) })),
        lastOperation: await lastOperation(id),
      }
    },
    plan: async (id) => {
      const plugin = await readable(id)
      const { manifest } = plugin
      const problems = [...(await problemsOf(plugin))]
      const planned: Plan['migrations'] = []
      try {
        const migrations = plugin.evaluate().migrations()
        const unknown = await unknownMigrations(host.database, id, migrations)
        if (unknown.length > 0)
          problems.push(`The database was changed by a newer version: ${unknown.join(', ')}.`)
        const pending = await pendingNames(id, migrations)
        for (const migration of migrations) {
          if (pending.has(migration.name)) planned.push(await plannedMigration(id, migration, problems))
        }
      } catch (error) {
        problems.push(`Its migrations cannot be read: ${sentence(error)}`)
      }
      const required = await dependencies(plugin)
      const unmet = required.filter(({ state }) => state !== 'satisfied')
      return {
        pluginId: id,
        action: lifecycle.enabled.has(id) ? 'reload' : 'enable',
        version: manifest.version,
        problems: [
          ...problems,
          ...unmet.map((entry) => `It needs ${entry.id} ${entry.range}, which is ${entry.state}.`),
        ],
        migrations: planned,
        ...describeContributions(manifest, required),
      }
    },
    operations: async (id) => {
      const kept = await store.operations(id, OPERATIONS_MAX)
      if (kept.length === 0) await found(id)
      return kept
    },
    lastOperation,
  }
}

async function plannedMigration(
  id: string,
  migration: Migration,
  problems: string[],
): Promise<Plan['migrations'][number]> {
  const { name } = migration
  const statements = await dryRun(migration).catch((error: unknown) => [
    `-- Cannot be foreseen: it looks at rows first (${sentence(error)})`,
  ])
  const prefix = tablePrefix(id)
  const foreign = createdTables(statements).filter((table) => !table.startsWith(prefix))
  for (const table of foreign) problems.push(`${name} creates ${table}, which does not begin with ${prefix}.`)
  return { name, statements: [...statements] }
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
