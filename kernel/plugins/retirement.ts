import type { Generation } from './generation.ts'
import type { Replaced } from '../broker/index.ts'
import type { OperationRecord } from './operation-record.ts'

/** A generation that was replaced or taken away, and what still runs in it. */
export interface Retirement {
  readonly generation: Generation
  readonly replaced: Replaced
  readonly record: OperationRecord
  readonly successor?: Generation
}

/** Waits for the calls and loops of a generation that no longer serves; its successor's loops begin when they are done. */
export async function drain(
  { generation, replaced, record, successor }: Retirement,
  drainMs: number,
): Promise<void> {
  await record.step('drain', async (detail) => {
    const calls = replaced.inFlight
    // The new loops begin when the old ones are done: no work is done twice.
    const loops = generation.scope.endLoops(drainMs).finally(() => successor?.scope.begin())
    const [isDrained, isEnded] = await Promise.all([replaced.drained(drainMs), loops])
    const late = [...(isDrained ? [] : ['calls']), ...(isEnded ? [] : ['loops'])]
    detail(late.length === 0 ? `${calls} calls ended` : `${late.join(' and ')} did not end in ${drainMs} ms`)
  })
}

/** Gives back all that a drained generation had. */
export async function dispose({ generation, record }: Retirement, drainMs: number): Promise<void> {
  await record.step('dispose', async () => {
    generation.close()
    await generation.scope.dispose(drainMs)
  })
}
