import type { Amount } from '@cambium/kernel/money'
import { DAY_MS } from '../routes/reward-rules.ts'
import { msOf, units, type Database, type Transaction } from './columns.ts'

export interface DayRecord {
  readonly poolId: string
  readonly dayMs: number
  readonly staked: Amount
  readonly subscribers: number
  /** What all rewards of the day come to. */
  readonly required: Amount
  readonly rewards: Amount
  readonly isFunded: boolean
}

interface DayRow {
  readonly pool_id: string
  readonly day_ms: string
  readonly staked: string
  readonly subscribers: number
  readonly required: string
  readonly rewards: string
  readonly is_funded: number
}

function readDay(row: DayRow): DayRecord {
  return {
    poolId: row.pool_id,
    dayMs: msOf(row.day_ms),
    staked: units(row.staked),
    subscribers: row.subscribers,
    required: units(row.required),
    rewards: units(row.rewards),
    isFunded: row.is_funded === 1,
  }
}

export async function findDay(database: Database, poolId: string, dayMs: number): Promise<DayRecord | null> {
  const row = (await database('staking_days').where({ pool_id: poolId, day_ms: dayMs }).first()) as
    DayRow | undefined
  return row === undefined ? null : readDay(row)
}

export async function insertDay(trx: Transaction, day: DayRecord): Promise<void> {
  await trx('staking_days').insert({
    pool_id: day.poolId,
    day_ms: day.dayMs,
    staked: day.staked.toString(),
    subscribers: day.subscribers,
    required: day.required.toString(),
    rewards: day.rewards.toString(),
    is_funded: day.isFunded,
  })
}

export async function addToDay(
  trx: Transaction,
  { poolId, dayMs, rewards }: { poolId: string; dayMs: number; rewards: Amount },
): Promise<void> {
  await trx('staking_days')
    .where({ pool_id: poolId, day_ms: dayMs })
    .update({ rewards: trx.raw('rewards + ?', [rewards.toString()]) })
}

/** Days of the pool whose decision was that nobody is paid. */
export async function unfundedDays(
  database: Database,
  poolId: string,
  fromMs: number,
): Promise<ReadonlySet<number>> {
  const rows = (await database('staking_days')
    .where({ pool_id: poolId, is_funded: false })
    .where('day_ms', '>=', fromMs)
    .select('day_ms')) as Pick<DayRow, 'day_ms'>[]
  return new Set(rows.map((row) => msOf(row.day_ms)))
}

/** Oldest first. */
export async function latestDays(database: Database, poolId: string, limit: number): Promise<DayRecord[]> {
  const rows = (await database('staking_days')
    .where('pool_id', poolId)
    .orderBy('day_ms', 'desc')
    .limit(limit)) as DayRow[]
  return rows.reverse().map(readDay)
}

/** Pools whose last accrued day was not paid, and what all pools ever paid. */
export async function dayFigures(
  database: Database,
): Promise<ReadonlyMap<string, { paid: Amount; isStopped: boolean }>> {
  const paid = (await database('staking_positions')
    .groupBy('pool_id')
    .select({ poolId: 'pool_id' })
    .sum({ paid: 'rewards' })) as { poolId: string; paid: string }[]
  const stopped = (await database('staking_days as day')
    .join(
      database('staking_days').groupBy('pool_id').select('pool_id').max({ last: 'day_ms' }).as('latest'),
      (on) => on.on('latest.pool_id', 'day.pool_id').andOn('latest.last', 'day.day_ms'),
    )
    .where('day.is_funded', false)
    .select({ poolId: 'day.pool_id' })) as { poolId: string }[]
  const isStopped = new Set(stopped.map(({ poolId }) => poolId))
  return new Map(
    paid.map((row) => [row.poolId, { paid: units(row.paid), isStopped: isStopped.has(row.poolId) }]),
  )
}

interface NeedRow {
  readonly staked: string | null
  readonly subscribers: number | string
  readonly parts: string | null
}

export interface DayNeed {
  readonly staked: Amount
  readonly subscribers: number
  /** Rewards of the whole day, in parts of `REWARD_DIVISOR`, that are still to be paid. */
  readonly parts: bigint
  /** Rewards of the day that redemptions have paid already. */
  readonly paid: Amount
}

/** What the day will cost, summed in the database: weights are those of each position's next period. */
export async function needOfDay(trx: Transaction, poolId: string, dayMs: number): Promise<DayNeed> {
  const endMs = dayMs + DAY_MS
  const [row] = (await trx('staking_positions')
    .where({ pool_id: poolId, state: 'active' })
    .where('accrued_through_ms', '<', endMs)
    .select(
      trx.raw('SUM(stake) AS staked'),
      trx.raw('COUNT(DISTINCT user_id) AS subscribers'),
      trx.raw(
        'SUM(weight * FLOOR(GREATEST(LEAST(?, COALESCE(matures_at_ms, ?)) - accrued_through_ms, 0) / 1000) + carry) AS parts',
        [endMs, endMs],
      ),
    )) as NeedRow[]
  const [earlier] = (await trx('staking_accruals as accrual')
    .join('staking_positions as position', 'position.id', 'accrual.position_id')
    .where('position.pool_id', poolId)
    .where('accrual.period_start_ms', '>=', dayMs)
    .where('accrual.period_start_ms', '<', endMs)
    .sum({ paid: 'accrual.reward' })) as { paid: string | null }[]
  return {
    staked: units(row?.staked ?? '0'),
    subscribers: Number.parseInt(String(row?.subscribers ?? 0), 10),
    parts: BigInt(row?.parts ?? 0),
    paid: units(earlier?.paid ?? '0'),
  }
}
