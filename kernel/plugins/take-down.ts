import { takeFromFront } from './front.ts'
import type { LifecycleParts, NewRecord, StepName } from './lifecycle-parts.ts'
import { reasonOf } from './operation-record.ts'
import type { PluginState } from './plugin-store.ts'
import { dispose, drain } from './retirement.ts'
import type { Operation } from './routes.ts'

const downSteps: readonly StepName[] = ['flip', 'drain', 'dispose']

interface TakeDown {
  readonly action: 'disable' | 'quarantine'
  readonly id: string
  /** Why the platform does it by itself. */
  readonly reason?: string
}

/** Takes a plugin out of service; one that does not serve is only written down as such. Its data stay. */
export async function takeDown(
  parts: LifecycleParts,
  { action, id, reason }: TakeDown,
  newRecord: NewRecord,
): Promise<Operation> {
  const { host, store, uiManifests, serving, deadlines } = parts
  const active = serving.get(id)
  const record = newRecord(action, id, downSteps)
  const version = active?.plugin.manifest.version ?? (await store.states()).get(id)?.version ?? null
  record.set({ version })
  await store.saveOperation(record.operation)
  const after: Partial<PluginState> =
    action === 'disable'
      ? { desired: 'disabled', state: 'disabled', reason: null, quarantinedAt: null }
      : { state: 'quarantined', reason: reason ?? null, quarantinedAt: new Date() }
  try {
    if (active) {
      const replaced = await record.step('flip', async () => {
        const ui = await uiManifests.prepare(serving.contributionsBeside(id))
        await store.commit(record.id, { id, ...after, generation: active.generation.number })
        parts.otherNodes.changed()
        return takeFromFront(parts, id, active, ui)
      })
      const retirement = { generation: active.generation, replaced, record }
      await drain(retirement, deadlines.drainMs)
      await dispose(retirement, deadlines.drainMs)
    } else {
      await store.saveState({ id, ...after })
    }
    record.finish('done', { generation: null, reason: reason ?? null })
  } catch (error) {
    host.log.error(`${id} could not be taken out of service`, { plugin: id, error })
    record.finish('failed', { generation: serving.generation(id), reason: reasonOf(error) })
  }
  await store.saveOperation(record.operation)
  return record.operation
}
