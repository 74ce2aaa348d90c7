import { migrateDown } from '../database/index.ts'
import type { ReadPlugin } from './catalogue.ts'
import { inDependencyOrder } from './dependencies.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { sentence } from './operation-record.ts'
import type { InterruptedOperation } from './operation-rows.ts'
import type { PluginState } from './plugin-store.ts'
import { tierOf } from './plugin-tier.ts'
import { releaseToStart, stateOfPlugin } from './releases.ts'

/** For how long a node that starts waits for a change that is under way on another one. */
const OTHERS_END_WITHIN_SECONDS = 120

export interface ReconciliationParts extends LifecycleParts {
  readonly lifecycle: Lifecycle
  /** Starts no plugin; what is wanted stays wanted. */
  readonly isSafe: boolean
}

/** At the kernel's start: ends what a crash left half done, then starts what the operator had enabled. */
export async function reconcile(parts: ReconciliationParts): Promise<void> {
  const { host, store, catalogue, lifecycle, switches, isSafe } = parts
  await switches.load()
  for (const { id } of await catalogue.list()) host.gateway.setDisabled(id, true)
  // Under the lock nothing runs on another node either: what is written down as running was left by a crash.
  const interrupted = await parts.lock.run(async () => {
    const left = await store.interrupted()
    for (const operation of left) await closeInterrupted(parts, operation)
    return left
  }, OTHERS_END_WITHIN_SECONDS)
  if (isSafe) return

  const startable = await startableReleases(parts)
  for (const { id } of inDependencyOrder([...startable.values()].map(({ manifest }) => manifest))) {
    // A failure is in the operation and in the plugin's state; the kernel and the other plugins start all the same.
    await lifecycle.start(startable.get(id) as ReadPlugin).catch((error: unknown) => {
      host.log.error(`${id} could not be started`, { plugin: id, error })
    })
  }
  for (const { pluginId, isPurge } of interrupted) {
    if (isPurge) await endPurge(parts, pluginId)
  }
}

/** What the operator left enabled, by id. What is in quarantine stays there. */
async function startableReleases(parts: ReconciliationParts): Promise<ReadonlyMap<string, ReadPlugin>> {
  const { store, host, otherNodes } = parts
  const startable = new Map<string, ReadPlugin>()
  for (const state of (await store.states()).values()) {
    if (state.desired !== 'enabled' || state.state === 'quarantined') continue
    try {
      const release = await releaseToStart(parts, state)
      if (!otherNodes.isAlone) assertSameCode(release, state)
      startable.set(state.id, release)
    } catch (error) {
      // What this node lacks may serve on the others; it catches up, or stays out of the pool.
      if (otherNodes.isAlone)
        await store.saveState({ id: state.id, state: 'failed', reason: sentence(error) })
      host.log.error(`${state.id} could not be started`, { plugin: state.id, error })
    }
  }
  return startable
}

/** A folder may hold other code under the same version. */
function assertSameCode({ bundle, manifest }: ReadPlugin, { codeHash }: PluginState): void {
  if (codeHash === null || bundle.hash === codeHash) return
  throw new Error(`This node does not have the same ${manifest.id} ${manifest.version} as the others.`)
}

async function closeInterrupted(
  parts: ReconciliationParts,
  { id, pluginId, owed, hasFlipped }: InterruptedOperation,
): Promise<void> {
  const { store, host } = parts
  const reasons = ['The platform stopped in the middle of it.']
  try {
    const undone = owed.names.length === 0 ? [] : await takeBack(parts, pluginId, owed)
    if (undone.length > 0) reasons.push(`Taken back: ${undone.join(', ')}.`)
  } catch (error) {
    host.log.error(`migrations of ${pluginId} could not be taken back`, { plugin: pluginId, error })
    reasons.push(`Its migrations could not be taken back: ${sentence(error)}`)
  }
  // Past the flip it had come about; what was left of it is done by now, or by the start that follows.
  await store.closeInterrupted(id, hasFlipped ? 'done' : 'failed', reasons.join(' '))
}

async function takeBack(
  parts: ReconciliationParts,
  pluginId: string,
  { version, names }: InterruptedOperation['owed'],
): Promise<readonly string[]> {
  const release = version === null ? undefined : await parts.catalogue.release(pluginId, version)
  // Its folder may have been changed without another version.
  const plugin = release ?? (await parts.catalogue.find(pluginId))?.releases[0]
  if (!plugin) throw new Error(`${pluginId} ${version ?? ''} is gone.`)
  const { tier } = await stateOfPlugin(parts, pluginId)
  const { migrations, end } = await parts.loadMigrations(plugin, tierOf(tier, plugin.source), undefined)
  try {
    const attempted = migrations.filter(({ name }) => names.includes(name))
    return (await migrateDown(parts.host.database, pluginId, attempted)).map(({ name }) => name)
  } finally {
    await end()
  }
}

/** Half of its data would be of no use to anybody, and their end was asked for by name. */
async function endPurge({ lifecycle, store, host }: ReconciliationParts, id: string): Promise<void> {
  if (!(await store.states()).has(id)) return
  await lifecycle.uninstall(id, { data: 'purge', confirmation: id, by: 'system' }).catch((error: unknown) => {
    host.log.error(`${id} could not be purged`, { plugin: id, error })
  })
}
