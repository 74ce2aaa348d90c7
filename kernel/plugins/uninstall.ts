import path from 'node:path'
import { ulid } from '../broker/index.ts'
import type { Consent } from './consent.ts'
import { exportFile, exportsDirectory, writeExport } from './data-export.ts'
import { dropDatabaseUser, NoDatabaseUsersError } from './isolation/index.ts'
import type { LifecycleParts, NewRecord, StepName } from './lifecycle-parts.ts'
import { reasonOf, type OperationRecord } from './operation-record.ts'
import { accountsWithMoney, dropTables, migratingOwners, ownTables, takeBackAll } from './plugin-data.ts'
import { tierOf } from './plugin-tier.ts'
import { pluginsRefusals } from './refusals.ts'
import { stateOfPlugin } from './releases.ts'
import type { Operation } from './routes.ts'
import type { ReadPlugin } from './catalogue.ts'

export interface Uninstall extends Consent {
  readonly data: 'keep' | 'export' | 'purge'
  /** For `purge`, the plugin's id. */
  readonly confirmation?: string
}

const stepsOf: Readonly<Record<Uninstall['data'], readonly StepName[]>> = {
  keep: ['dispose'],
  export: ['export', 'dispose'],
  purge: ['purge', 'dispose'],
}

/** Removes a disabled plugin. What it wrote is kept unless the operator asks for its end by name. */
export async function uninstall(
  parts: LifecycleParts,
  id: string,
  request: Uninstall,
  newRecord: NewRecord,
): Promise<Operation> {
  const { store, host, packages } = parts
  const plugin = await assertUninstallable(parts, id, request)
  const record = newRecord('uninstall', id, stepsOf[request.data])
  record.set({ version: plugin?.manifest.version ?? (await stateOfPlugin(parts, id)).version })
  await store.saveOperation(record.operation)
  try {
    if (request.data === 'export') await exportData(parts, id, record)
    if (request.data === 'purge') await purge(parts, { id, plugin, record })
    await record.step('dispose', async () => {
      await packages.forget(id)
      await parts.approvals.forget(id)
      // What is kept belongs to this version: another install must know from where it goes on.
      if (request.data === 'purge') await store.forgetState(id)
      else
        await store.saveState({ id, digest: null, previousVersion: null, previousDigest: null, reason: null })
    })
    record.finish('done', { generation: null })
  } catch (error) {
    host.log.error(`${id} could not be uninstalled`, { plugin: id, error })
    record.finish('failed', { generation: null, reason: reasonOf(error) })
  }
  await store.saveOperation(record.operation)
  return record.operation
}

async function assertUninstallable(
  parts: LifecycleParts,
  id: string,
  { data, confirmation }: Uninstall,
): Promise<ReadPlugin | undefined> {
  const { store, catalogue, serving, host } = parts
  const state = (await store.states()).get(id)
  const entry = await catalogue.find(id)
  if (!state && !entry) throw pluginsRefusals.plugin_not_found({ pluginId: id })
  if (serving.get(id) || state?.desired === 'enabled') throw pluginsRefusals.still_enabled({ pluginId: id })
  const { version = null } = state ?? {}
  const plugin = (version === null ? undefined : await catalogue.release(id, version)) ?? entry?.releases[0]
  if (data !== 'purge') return plugin
  if (confirmation !== id) throw pluginsRefusals.confirmation_missing({ pluginId: id })
  const accounts = await accountsWithMoney(host.database, id, plugin?.manifest)
  if (accounts.length > 0) throw pluginsRefusals.accounts_hold_money({ pluginId: id, accounts })
  return plugin
}

export async function tablesOf({ host, catalogue }: LifecycleParts, id: string): Promise<readonly string[]> {
  const others = [...(await catalogue.manifests()).keys(), ...(await migratingOwners(host.database))]
  return ownTables(host.database, id, others)
}

async function exportData(parts: LifecycleParts, id: string, record: OperationRecord): Promise<void> {
  await record.step('export', async (detail) => {
    const tables = await tablesOf(parts, id)
    const exportId = ulid()
    const file = path.join(exportsDirectory(parts.dataDirectory), exportFile(id, exportId))
    const { bytes } = await writeExport({ database: parts.host.database, tables, file })
    record.set({ exportId })
    detail(`${tables.length} tables, ${Math.ceil(bytes / 1024)} kB`)
  })
}

interface Purge {
  readonly id: string
  /** Undefined when its code is gone: then its tables are dropped as they are. */
  readonly plugin: ReadPlugin | undefined
  readonly record: OperationRecord
}

async function purge(parts: LifecycleParts, { id, plugin, record }: Purge): Promise<void> {
  const { host, switches } = parts
  await record.step('purge', async (detail) => {
    const tables = await tablesOf(parts, id)
    if (plugin) await takeBack(parts, plugin)
    await dropTables(host.database, id, await tablesOf(parts, id))
    await host.points.forget(id)
    await dropDatabaseUser(host.database, id).catch((error: unknown) => {
      if (!(error instanceof NoDatabaseUsersError)) throw error
    })
    await switches.forget(id)
    await host.identity.forgetPermissions(id)
    detail(tables.length === 0 ? 'It had no tables.' : tables.join(', '))
  })
}

async function takeBack(parts: LifecycleParts, plugin: ReadPlugin): Promise<void> {
  const { id } = plugin.manifest
  const tier = tierOf((await stateOfPlugin(parts, id)).tier, plugin.source)
  const { migrations, end } = await parts.loadMigrations(plugin, tier, undefined)
  try {
    await takeBackAll(parts.host.database, id, migrations)
  } finally {
    await end()
  }
}
