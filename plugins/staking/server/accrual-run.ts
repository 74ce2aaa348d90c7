import type { PluginKernel } from '@cambium/kernel'
import { add, amount, formatAmount } from '@cambium/kernel/money'
import { fundRanDry } from '../routes/events.ts'
import { DAY_MS, midnightAt, REWARD_DIVISOR } from '../routes/reward-rules.ts'
import { settled } from './accrual-rules.ts'
import { accrueTo } from './accrual.ts'
import { findDay, insertDay, needOfDay } from './days.model.ts'
import type { PoolDesk } from './pool-desk.ts'
import { readFund, type PoolWork } from './pool-work.ts'
import { allPools, type PoolRecord } from './pools.model.ts'
import { earliestDue, lockDuePositions, lockFloatingPositions, savePositions } from './positions.model.ts'
import { ratesOfPool, tiersAt } from './rates.model.ts'

/** So many positions a transaction: the ledger's one writer is never held for long. */
const BATCH = 200

interface Run {
  readonly kernel: PluginKernel
  readonly desk: PoolDesk
  readonly signal: AbortSignal
  readonly log: (text: string) => void
}

/** Weights that were written before the pool's rates of this day were set: the day is decided with what it will pay. */
async function weighAnew({ trx, pool }: PoolWork, dayMs: number): Promise<void> {
  const rates = await ratesOfPool(trx, pool.id)
  if (!rates.some(({ fromMs }) => fromMs > dayMs - DAY_MS && fromMs <= dayMs)) return
  let afterId = '0'
  for (;;) {
    const page = await lockFloatingPositions(trx, pool.id, { fromMs: dayMs, afterId, limit: BATCH })
    await savePositions(
      trx,
      page.map((position) => settled(position, (ms) => tiersAt(rates, ms))),
    )
    const last = page.at(-1)
    if (!last || page.length < BATCH) return
    afterId = last.id
  }
}

/**
 * Decides, before the first position of a day is accrued, whether the fund pays that day: to everybody or to nobody. It
 * is decided once, so that a run which was stopped in the middle goes on as it began.
 */
async function decideDay(work: PoolWork, dayMs: number): Promise<void> {
  const { kernel, trx, pool } = work
  if (await findDay(trx, pool.id, dayMs)) return
  await weighAnew(work, dayMs)
  const need = await needOfDay(trx, pool.id, dayMs)
  const open = amount((need.parts + REWARD_DIVISOR - 1n) / REWARD_DIVISOR)
  const fund = await readFund(work)
  const isFunded = open <= fund
  const { staked, subscribers, paid } = need
  const required = add(open, paid)
  await insertDay(trx, { poolId: pool.id, dayMs, staked, subscribers, required, rewards: paid, isFunded })
  if (isFunded) return
  const scale = (await kernel.ledger.assets()).get(pool.assetId)?.scale ?? 0
  const figures = { required: formatAmount(open, scale), available: formatAmount(fund, scale) }
  kernel.log.warn('a reward fund cannot pay the day', { pool: pool.id, ...figures })
  const data = { poolId: pool.id, assetId: pool.assetId, ...figures }
  await kernel.events.emit(trx, fundRanDry, data, { key: pool.id })
}

/** Answers how many positions were accrued. */
async function accrueBatch(work: PoolWork, dayMs: number): Promise<number> {
  const endMs = dayMs + DAY_MS
  const due = await lockDuePositions(work.trx, work.pool.id, { beforeMs: endMs, limit: BATCH })
  await accrueTo(work, due, endMs)
  return due.length
}

async function accruePool({ kernel, desk, signal, log }: Run, pool: PoolRecord): Promise<number> {
  let positions = 0
  while (!signal.aborted) {
    const todayMs = midnightAt(kernel.clock.now().getTime())
    const dueMs = await earliestDue(kernel.database, pool.id, todayMs)
    if (dueMs === null) break
    const dayMs = midnightAt(dueMs)
    await desk.inPool(pool.id, (work) => decideDay(work, dayMs))
    let batch = BATCH
    let ofDay = 0
    while (batch === BATCH && !signal.aborted) {
      batch = await desk.inPool(pool.id, (work) => accrueBatch(work, dayMs))
      ofDay += batch
    }
    log(`${pool.id}: ${new Date(dayMs).toISOString().slice(0, 10)}, ${ofDay} positions`)
    positions += ofDay
  }
  return positions
}

/**
 * Accrues every day that is over and was not accrued, the oldest first, in every pool that runs. Repeating it, or
 * starting it again after it was stopped anywhere, pays nothing twice.
 */
export async function accrueDays(run: Run): Promise<{ positions: number }> {
  let positions = 0
  for (const pool of await allPools(run.kernel.database)) {
    if (pool.state === 'open' || pool.state === 'closed') positions += await accruePool(run, pool)
  }
  return { positions }
}
