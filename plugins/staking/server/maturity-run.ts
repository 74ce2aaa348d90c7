import { transaction } from '@cambium/kernel'
import type { StakingParts } from './parts.ts'
import { lockPosition, maturedPositions } from './positions.model.ts'
import { mature, releaseDue } from './redemption.ts'

const BATCH = 100

/**
 * Ends terms that are over and pays out what has unbonded, each position in a transaction of its own. One that fails is
 * left for the next run and keeps nobody else waiting.
 */
export async function matureDue(
  parts: StakingParts,
  signal: AbortSignal,
): Promise<{ matured: number; released: number }> {
  const { kernel, desk } = parts
  const failed = new Map<string, Error>()
  let matured = 0
  for (;;) {
    const nowMs = kernel.clock.now().getTime()
    const due = await maturedPositions(kernel.database, nowMs, BATCH + failed.size)
    const fresh = due.filter(({ id }) => !failed.has(id))
    if (fresh.length === 0 || signal.aborted) break
    for (const { id, poolId } of fresh) {
      try {
        await desk.inPool(poolId, async (work) => {
          const position = await lockPosition(work.trx, id)
          if (position) await mature(work, position)
        })
        matured += 1
      } catch (error) {
        failed.set(id, error instanceof Error ? error : new Error(String(error)))
        kernel.log.error('a position could not be ended', { position: id, error })
      }
    }
  }
  let released = 0
  for (;;) {
    const batch = await transaction(kernel.database, (trx) => releaseDue(parts, trx))
    released += batch
    if (batch === 0 || signal.aborted) break
  }
  const [first] = failed.values()
  if (first) throw first
  return { matured, released }
}
