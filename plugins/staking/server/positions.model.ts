import { zero, type Amount } from '@cambium/kernel/money'
import type { TierRate } from '../routes/reward-rules.ts'
import type { PoolKind } from '../routes/terms.ts'
import {
  msOf,
  msOrNull,
  pageOfRows,
  parseTiers,
  readCursor,
  units,
  writeTiers,
  type Database,
  type Transaction,
} from './columns.ts'

export interface PositionRecord {
  readonly id: string
  readonly userId: string
  readonly poolId: string
  readonly assetId: string
  readonly kind: PoolKind
  readonly state: 'active' | 'unbonding' | 'closed'
  readonly stake: Amount
  readonly pending: Amount
  readonly pendingFromMs: number | null
  readonly tierOffset: Amount
  /** Fixed for a locked term; null follows the pool's rates. */
  readonly tiers: readonly TierRate[] | null
  /** What the stake earns from `accruedThroughMs` on; see `weightOf`. */
  readonly weight: bigint
  readonly carry: bigint
  readonly startedAtMs: number
  readonly earnsFromMs: number
  readonly accruedThroughMs: number
  readonly maturesAtMs: number | null
  readonly termNumber: number
  readonly termRewards: Amount
  /** The most this term can pay: kept back in the reward fund. */
  readonly termReserve: Amount
  readonly rewards: Amount
  readonly isAutoCompound: boolean
  readonly isAutoRenew: boolean
  readonly closedAtMs: number | null
}

interface PositionRow {
  readonly id: number | string
  readonly user_id: string
  readonly pool_id: string
  readonly asset_id: string
  readonly kind: PositionRecord['kind']
  readonly state: PositionRecord['state']
  readonly stake: string
  readonly pending: string
  readonly pending_from_ms: string | null
  readonly tier_offset: string
  readonly tiers: string | null
  readonly weight: string
  readonly carry: string
  readonly started_at_ms: string
  readonly earns_from_ms: string
  readonly accrued_through_ms: string
  readonly matures_at_ms: string | null
  readonly term_number: number
  readonly term_rewards: string
  readonly term_reserve: string
  readonly rewards: string
  readonly is_auto_compound: number
  readonly is_auto_renew: number
  readonly closed_at_ms: string | null
}

function readPosition(row: PositionRow): PositionRecord {
  return {
    id: String(row.id),
    userId: row.user_id,
    poolId: row.pool_id,
    assetId: row.asset_id,
    kind: row.kind,
    state: row.state,
    stake: units(row.stake),
    pending: units(row.pending),
    pendingFromMs: msOrNull(row.pending_from_ms),
    tierOffset: units(row.tier_offset),
    tiers: row.tiers === null ? null : parseTiers(row.tiers),
    weight: BigInt(row.weight),
    carry: BigInt(row.carry),
    startedAtMs: msOf(row.started_at_ms),
    earnsFromMs: msOf(row.earns_from_ms),
    accruedThroughMs: msOf(row.accrued_through_ms),
    maturesAtMs: msOrNull(row.matures_at_ms),
    termNumber: row.term_number,
    termRewards: units(row.term_rewards),
    termReserve: units(row.term_reserve),
    rewards: units(row.rewards),
    isAutoCompound: row.is_auto_compound === 1,
    isAutoRenew: row.is_auto_renew === 1,
    closedAtMs: msOrNull(row.closed_at_ms),
  }
}

function positionColumns(position: Omit<PositionRecord, 'id'>): Record<string, unknown> {
  return {
    user_id: position.userId,
    pool_id: position.poolId,
    asset_id: position.assetId,
    kind: position.kind,
    state: position.state,
    stake: position.stake.toString(),
    pending: position.pending.toString(),
    pending_from_ms: position.pendingFromMs,
    tier_offset: position.tierOffset.toString(),
    tiers: position.tiers === null ? null : writeTiers(position.tiers),
    weight: position.weight.toString(),
    carry: position.carry.toString(),
    started_at_ms: position.startedAtMs,
    earns_from_ms: position.earnsFromMs,
    accrued_through_ms: position.accruedThroughMs,
    matures_at_ms: position.maturesAtMs,
    term_number: position.termNumber,
    term_rewards: position.termRewards.toString(),
    term_reserve: position.termReserve.toString(),
    rewards: position.rewards.toString(),
    is_auto_compound: position.isAutoCompound,
    is_auto_renew: position.isAutoRenew,
    closed_at_ms: position.closedAtMs,
  }
}

/** Answers the position with the number it was given. */
/** Whether a user ever staked, whatever became of it. */
export async function hasStaked(database: Database, userId: string): Promise<boolean> {
  return (await database('staking_positions').where({ user_id: userId }).first('id')) !== undefined
}

export async function insertPosition(
  trx: Transaction,
  position: Omit<PositionRecord, 'id'>,
): Promise<PositionRecord> {
  const [number] = (await trx('staking_positions').insert(positionColumns(position))) as number[]
  return { ...position, id: String(number) }
}

/** Writes positions whole, in one statement: the rows are there, so the insert only ever updates. */
export async function savePositions(trx: Transaction, positions: readonly PositionRecord[]): Promise<void> {
  if (positions.length === 0) return
  const rows = positions.map(({ id, ...rest }) => ({ id, ...positionColumns(rest) }))
  await trx('staking_positions').insert(rows).onConflict('id').merge()
}

export async function findPosition(database: Database, id: string): Promise<PositionRecord | null> {
  const row = (await database('staking_positions').where({ id }).first()) as PositionRow | undefined
  return row === undefined ? null : readPosition(row)
}

/** Read with the pool's lock held, which every writer of its positions takes first. */
export async function lockPosition(trx: Transaction, id: string): Promise<PositionRecord | null> {
  const row = (await trx('staking_positions').where({ id }).forUpdate().first()) as PositionRow | undefined
  return row === undefined ? null : readPosition(row)
}

/** Of a flexible pool an owner has one, to which further stakes are added. */
export async function activePositions(
  trx: Transaction,
  poolId: string,
  userId: string,
): Promise<PositionRecord[]> {
  const rows = (await trx('staking_positions')
    .where({ user_id: userId, pool_id: poolId, state: 'active' })
    .orderBy('id')
    .forUpdate()) as PositionRow[]
  return rows.map(readPosition)
}

export interface PositionQuery {
  readonly userId?: string | undefined
  readonly poolId?: string | undefined
  readonly state?: PositionRecord['state'] | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export async function pageOfPositions(
  database: Database,
  query: PositionQuery,
): Promise<{ items: PositionRecord[]; nextCursor?: string }> {
  const rows = database('staking_positions')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
  if (query.userId !== undefined) void rows.where('user_id', query.userId)
  if (query.poolId !== undefined) void rows.where('pool_id', query.poolId)
  if (query.state !== undefined) void rows.where('state', query.state)
  const cursor = readCursor(query.cursor)
  if (cursor !== null) void rows.where('id', '<', cursor)
  const positions = ((await rows) as PositionRow[]).map(readPosition)
  return pageOfRows(positions, query.limit, ({ id }) => id)
}

/** Positions of a pool that have a period before `beforeMs` still to accrue, those longest behind first. */
export async function lockDuePositions(
  trx: Transaction,
  poolId: string,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<PositionRecord[]> {
  const rows = (await duePositions(trx, poolId, beforeMs)
    .orderBy(['accrued_through_ms', 'id'])
    .limit(limit)
    .forUpdate()) as PositionRow[]
  return rows.map(readPosition)
}

/** Positions at the pool's own rates with a period that begins at `fromMs`, a page at a time in the order of their ids. */
export async function lockFloatingPositions(
  trx: Transaction,
  poolId: string,
  { fromMs, afterId, limit }: { fromMs: number; afterId: string; limit: number },
): Promise<PositionRecord[]> {
  const rows = (await trx('staking_positions')
    .where({ pool_id: poolId, state: 'active', accrued_through_ms: fromMs })
    .whereNull('tiers')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .forUpdate()) as PositionRow[]
  return rows.map(readPosition)
}

/** Start of the earliest period that is to be accrued and begins before `beforeMs`; null when there is none. */
export async function earliestDue(
  database: Database,
  poolId: string,
  beforeMs: number,
): Promise<number | null> {
  const [row] = (await duePositions(database, poolId, beforeMs).min({ first: 'accrued_through_ms' })) as {
    first: string | null
  }[]
  return msOrNull(row?.first ?? null)
}

/** A matured position has nothing more to accrue, however long it waits for its payout. */
function duePositions(database: Database, poolId: string, beforeMs: number) {
  return database('staking_positions')
    .where({ pool_id: poolId, state: 'active' })
    .where('accrued_through_ms', '<', beforeMs)
    .where((open) => open.whereNull('matures_at_ms').orWhereRaw('accrued_through_ms < matures_at_ms'))
}

export interface Due {
  readonly id: string
  readonly poolId: string
}

/** Positions whose term is over, and those of pools that have ended. */
export async function maturedPositions(database: Database, nowMs: number, limit: number): Promise<Due[]> {
  const columns = { id: 'staking_positions.id', poolId: 'staking_positions.pool_id' }
  const matured = database('staking_positions')
    .select(columns)
    .where('state', 'active')
    .where('matures_at_ms', '<=', nowMs)
    .orderBy('id')
    .limit(limit)
  const ended = database('staking_positions')
    .select(columns)
    .join('staking_pools', 'staking_pools.id', 'staking_positions.pool_id')
    .where({ 'staking_positions.state': 'active', 'staking_pools.state': 'ended' })
    .orderBy('staking_positions.id')
    .limit(limit)
  const [first, second] = (await Promise.all([matured, ended])) as [Due[], Due[]]
  const seen = new Map([...first, ...second].map((due) => [String(due.id), due]))
  return [...seen.values()].slice(0, limit).map(({ id, poolId }) => ({ id: String(id), poolId }))
}

/** What a pool holds and earns, summed over its active positions. */
export interface PoolTotals {
  readonly staked: Amount
  readonly weight: bigint
  readonly subscribers: number
  /** What running locked terms may still be paid. */
  readonly reserved: Amount
}

export const emptyTotals: PoolTotals = { staked: zero, weight: 0n, subscribers: 0, reserved: zero }

interface TotalsRow {
  readonly pool_id: string
  readonly staked: string
  readonly weight: string
  readonly subscribers: number | string
  readonly reserved: string
}

export async function totalsOf(
  database: Database,
  poolIds: readonly string[],
): Promise<ReadonlyMap<string, PoolTotals>> {
  const rows = (await database('staking_positions')
    .select(
      'pool_id',
      database.raw('SUM(stake + pending) AS staked'),
      database.raw('SUM(weight) AS weight'),
      database.raw('COUNT(DISTINCT user_id) AS subscribers'),
      database.raw('SUM(GREATEST(term_reserve - term_rewards, 0)) AS reserved'),
    )
    .whereIn('pool_id', [...poolIds])
    .where('state', 'active')
    .groupBy('pool_id')) as TotalsRow[]
  return new Map(
    rows.map((row) => [
      row.pool_id,
      {
        staked: units(row.staked),
        weight: BigInt(row.weight),
        subscribers: Number.parseInt(String(row.subscribers), 10),
        reserved: units(row.reserved),
      },
    ]),
  )
}

export interface OwnTotals {
  readonly stake: Amount
  readonly pending: Amount
  readonly rewards: Amount
  /** Active ones. */
  readonly positions: number
}

/** What a user has in all pools, by asset; rewards count closed positions too. */
export async function ownTotals(database: Database, userId: string): Promise<ReadonlyMap<string, OwnTotals>> {
  const rows = (await database('staking_positions')
    .where('user_id', userId)
    .groupBy('asset_id')
    .select(
      { assetId: 'asset_id' },
      database.raw("SUM(state = 'active') AS positions"),
      database.raw('SUM(stake) AS stake'),
      database.raw('SUM(pending) AS pending'),
      database.raw('SUM(rewards) AS rewards'),
    )) as { assetId: string; positions: string; stake: string; pending: string; rewards: string }[]
  return new Map(
    rows.map((row) => [
      row.assetId,
      {
        stake: units(row.stake),
        pending: units(row.pending),
        rewards: units(row.rewards),
        positions: Number.parseInt(row.positions, 10),
      },
    ]),
  )
}
