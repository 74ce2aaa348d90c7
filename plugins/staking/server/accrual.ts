import type { JournalEntryRequest } from '@cambium/kernel'
import { add, formatAmount, subtract, zero, type Amount } from '@cambium/kernel/money'
import { rewardPaidFirst } from '../routes/events.ts'
import { midnightAt } from '../routes/reward-rules.ts'
import { fundingWallet, rewardFund, stakingWallet } from './accounts.ts'
import { recordStakes } from './activity.ts'
import { accrue, nextPeriod, settled, type Accrual } from './accrual-rules.ts'
import { insertAccruals } from './accruals.model.ts'
import { addToDay, unfundedDays } from './days.model.ts'
import type { PoolRecord } from './pools.model.ts'
import { readFund, type PoolWork } from './pool-work.ts'
import { savePositions, type PositionRecord } from './positions.model.ts'
import { ratesOfPool, tiersAt } from './rates.model.ts'

function rewardEntry(pool: PoolRecord, position: PositionRecord, accrual: Accrual): JournalEntryRequest {
  const wallet = accrual.isCompounded ? stakingWallet : fundingWallet
  return {
    key: `staking.reward:${position.id}:${accrual.fromMs}`,
    kind: 'staking.reward',
    postings: [
      {
        source: rewardFund(pool.id),
        target: wallet(position.userId),
        assetId: pool.assetId,
        amount: accrual.reward,
      },
    ],
    data: { positionId: position.id, poolId: pool.id },
  }
}

/** What the days of the pool have paid, day by day. */
async function countDays({ trx, pool }: PoolWork, accruals: readonly Accrual[]): Promise<void> {
  const sums = new Map<number, Amount>()
  for (const { fromMs, reward } of accruals) {
    const dayMs = midnightAt(fromMs)
    sums.set(dayMs, add(sums.get(dayMs) ?? zero, reward))
  }
  for (const [dayMs, rewards] of sums) await addToDay(trx, { poolId: pool.id, dayMs, rewards })
}

async function tellFirstRewards(
  { kernel, trx, pool }: PoolWork,
  firsts: readonly { position: PositionRecord; reward: Amount }[],
): Promise<void> {
  if (firsts.length === 0) return
  const scale = (await kernel.ledger.assets()).get(pool.assetId)?.scale ?? 0
  const items = firsts.map(({ position: { id, userId, poolId, assetId }, reward }) => ({
    data: { userId, positionId: id, poolId, assetId, reward: formatAmount(reward, scale) },
    key: id,
  }))
  await kernel.events.emitAll(trx, rewardPaidFirst, items)
}

/** A day's reward is in the feed under the day it was for, however late it was paid. */
async function recordRewards(
  work: PoolWork,
  positions: readonly PositionRecord[],
  accruals: readonly Accrual[],
): Promise<void> {
  const owners = new Map(positions.map(({ id, userId }) => [id, userId]))
  const steps = accruals.flatMap(({ positionId, fromMs, toMs, reward }) => {
    const userId = owners.get(positionId)
    if (reward === 0n || userId === undefined) return []
    const about = { userId, positionId, assetId: work.pool.assetId, amount: reward }
    const key = `reward:${positionId}:${fromMs}`
    return [{ ...about, key, kind: 'staking.reward' as const, at: new Date(toMs) }]
  })
  await recordStakes(work, steps)
}

/**
 * Accrues every period of the positions that is over at `untilMs`, each once: pays it or, where the fund cannot, lets it
 * pass unpaid. Answers the positions as they are afterwards; the entries are added to the work's.
 */
export async function accrueTo(
  work: PoolWork,
  positions: readonly PositionRecord[],
  untilMs: number,
): Promise<PositionRecord[]> {
  const { trx, pool, entries, nowMs } = work
  if (positions.every((position) => nextPeriod(position, untilMs) === null)) return [...positions]
  const rates = await ratesOfPool(trx, pool.id)
  const fromMs = Math.min(...positions.map(({ accruedThroughMs }) => midnightAt(accruedThroughMs)))
  const dry = await unfundedDays(trx, pool.id, fromMs)
  let fund = await readFund(work)
  const accruals: Accrual[] = []
  const firsts: { position: PositionRecord; reward: Amount }[] = []
  const after = positions.map((before) => {
    let position = settled(before, (ms) => tiersAt(rates, ms))
    for (let period = nextPeriod(position, untilMs); period; period = nextPeriod(position, untilMs)) {
      const available = dry.has(midnightAt(period.fromMs)) ? zero : fund
      const accrued = accrue(position, period, { tiersAt: (ms) => tiersAt(rates, ms), available })
      const { reward } = accrued.accrual
      if (reward > 0n) {
        fund = subtract(fund, reward)
        entries.push(rewardEntry(pool, position, accrued.accrual))
        if (position.rewards === 0n) firsts.push({ position, reward })
      }
      accruals.push(accrued.accrual)
      position = accrued.position
    }
    return position
  })
  await insertAccruals(trx, accruals, nowMs)
  await savePositions(trx, after)
  await countDays(work, accruals)
  await tellFirstRewards(work, firsts)
  await recordRewards(work, positions, accruals)
  return after
}
