import { migrateDown } from '../database/index.ts'
import type { Catalogue, ReadPlugin } from './catalogue.ts'
import { inDependencyOrder } from './dependencies.ts'
import type { PluginHost } from './host.ts'
import type { Lifecycle } from './lifecycle.ts'
import { sentence } from './operation-record.ts'
import type { PluginStore } from './plugin-store.ts'

export interface ReconciliationParts {
  readonly host: PluginHost
  readonly store: PluginStore
  readonly catalogue: Catalogue
  readonly lifecycle: Lifecycle
  /** Starts no plugin; what is wanted stays wanted. */
  readonly isSafe: boolean
}

/** At the kernel's start: takes back what a crash left half done, then starts what the operator had enabled. */
export async function reconcile(parts: ReconciliationParts): Promise<void> {
  const { host, store, catalogue, lifecycle, isSafe } = parts
  const entries = await catalogue.list()
  const found = new Map(entries.flatMap(({ id, plugin }) => (plugin ? [[id, plugin] as const] : [])))
  for (const { id } of entries) host.gateway.setDisabled(id, true)
  await closeInterrupted(parts, found)
  if (isSafe) return

  const wanted = [...(await store.states()).values()].filter(({ desired }) => desired === 'enabled')
  for (const state of wanted) {
    if (found.has(state.id)) continue
    const problems = entries.find(({ id }) => id === state.id)?.problems ?? ['Its folder is gone.']
    await store.saveState({ ...state, state: 'failed', reason: problems.join(' ') })
    host.log.error(`${state.id} could not be started`, { plugin: state.id, problems })
  }
  const startable = wanted.flatMap(({ id }) => found.get(id)?.manifest ?? [])
  for (const { id } of inDependencyOrder(startable)) {
    // A failure is in the operation and in the plugin's state; the kernel and the other plugins start all the same.
    await lifecycle.start(found.get(id) as ReadPlugin).catch((error: unknown) => {
      host.log.error(`${id} could not be started`, { plugin: id, error })
    })
  }
}

async function closeInterrupted(
  { host, store }: ReconciliationParts,
  found: ReadonlyMap<string, ReadPlugin>,
): Promise<void> {
  for (const { id, pluginId, attemptedMigrations } of await store.interrupted()) {
    const reasons = ['The platform stopped in the middle of it.']
    try {
      const migrations =
        attemptedMigrations.length === 0 ? [] : (found.get(pluginId)?.evaluate().migrations() ?? [])
      const attempted = migrations.filter(({ name }) => attemptedMigrations.includes(name))
      const undone = await migrateDown(host.database, pluginId, attempted)
      if (undone.length > 0) reasons.push(`Taken back: ${undone.map(({ name }) => name).join(', ')}.`)
    } catch (error) {
      reasons.push(`Its migrations could not be taken back: ${sentence(error)}`)
    }
    await store.closeInterrupted(id, reasons.join(' '))
  }
}
