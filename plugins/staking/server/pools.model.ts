import type { Static } from 'typebox'
import type { Amount } from '@cambium/kernel/money'
import type { PoolKind, PoolState, rewardSource } from '../routes/terms.ts'
import { msOf, msOrNull, units, unitsOrNull, type Database, type Transaction } from './columns.ts'

export interface PoolRecord {
  readonly id: string
  readonly name: string
  readonly assetId: string
  readonly kind: PoolKind
  readonly state: PoolState
  readonly termDays: number | null
  readonly unbondingDays: number
  readonly stakeMin: Amount
  readonly userCap: Amount | null
  readonly poolCap: Amount | null
  readonly levelMin: number
  readonly rewardSource: Static<typeof rewardSource>
  readonly rewardNote: string
  readonly sortOrder: number
  readonly revision: number
  readonly endedAtMs: number | null
  readonly createdAtMs: number
}

interface PoolRow {
  readonly id: string
  readonly name: string
  readonly asset_id: string
  readonly kind: PoolRecord['kind']
  readonly state: PoolRecord['state']
  readonly term_days: number | null
  readonly unbonding_days: number
  readonly stake_min: string
  readonly user_cap: string | null
  readonly pool_cap: string | null
  readonly level_min: number
  readonly reward_source: PoolRecord['rewardSource']
  readonly reward_note: string
  readonly sort_order: number
  readonly revision: number
  readonly ended_at_ms: string | null
  readonly created_at_ms: string
}

function readPool(row: PoolRow): PoolRecord {
  return {
    id: row.id,
    name: row.name,
    assetId: row.asset_id,
    kind: row.kind,
    state: row.state,
    termDays: row.term_days,
    unbondingDays: row.unbonding_days,
    stakeMin: units(row.stake_min),
    userCap: unitsOrNull(row.user_cap),
    poolCap: unitsOrNull(row.pool_cap),
    levelMin: row.level_min,
    rewardSource: row.reward_source,
    rewardNote: row.reward_note,
    sortOrder: row.sort_order,
    revision: row.revision,
    endedAtMs: msOrNull(row.ended_at_ms),
    createdAtMs: msOf(row.created_at_ms),
  }
}

function poolColumns(pool: PoolRecord): Record<keyof PoolRow, unknown> {
  return {
    id: pool.id,
    name: pool.name,
    asset_id: pool.assetId,
    kind: pool.kind,
    state: pool.state,
    term_days: pool.termDays,
    unbonding_days: pool.unbondingDays,
    stake_min: pool.stakeMin.toString(),
    user_cap: pool.userCap?.toString() ?? null,
    pool_cap: pool.poolCap?.toString() ?? null,
    level_min: pool.levelMin,
    reward_source: pool.rewardSource,
    reward_note: pool.rewardNote,
    sort_order: pool.sortOrder,
    revision: pool.revision,
    ended_at_ms: pool.endedAtMs,
    created_at_ms: pool.createdAtMs,
  }
}

export async function allPools(database: Database): Promise<PoolRecord[]> {
  const rows = (await database('staking_pools').orderBy(['sort_order', 'id'])) as PoolRow[]
  return rows.map(readPool)
}

export async function findPool(database: Database, id: string): Promise<PoolRecord | null> {
  const row = (await database('staking_pools').where({ id }).first()) as PoolRow | undefined
  return row === undefined ? null : readPool(row)
}

/**
 * Everything that moves a pool's money or counts against its caps holds this lock, so that two at once cannot both
 * find room, or both find the same reward fund full.
 */
export async function lockPool(trx: Transaction, id: string): Promise<PoolRecord | null> {
  const row = (await trx('staking_pools').where({ id }).forUpdate().first()) as PoolRow | undefined
  return row === undefined ? null : readPool(row)
}

export async function insertPool(trx: Transaction, pool: PoolRecord): Promise<void> {
  await trx('staking_pools').insert(poolColumns(pool))
}

export async function updatePoolRow(trx: Transaction, pool: PoolRecord): Promise<void> {
  const { id, ...columns } = poolColumns(pool)
  await trx('staking_pools').where({ id }).update(columns)
}
