import type { Amount } from '@cambium/kernel/money'
import { msOf, pageOfRows, readCursor, units, type Database, type Transaction } from './columns.ts'

export interface FundingRecord {
  readonly id: string
  readonly poolId: string
  readonly direction: 'in' | 'out'
  readonly assetId: string
  readonly amount: Amount
  readonly reason: string
  readonly actor: string
  readonly entryId: string
  readonly createdAtMs: number
}

interface FundingRow {
  readonly id: number | string
  readonly pool_id: string
  readonly direction: FundingRecord['direction']
  readonly asset_id: string
  readonly amount: string
  readonly reason: string
  readonly actor: string
  readonly entry_id: string
  readonly created_at_ms: string
}

export async function insertFunding(
  trx: Transaction,
  funding: Omit<FundingRecord, 'id'>,
): Promise<FundingRecord> {
  const [number] = (await trx('staking_fundings').insert({
    pool_id: funding.poolId,
    direction: funding.direction,
    asset_id: funding.assetId,
    amount: funding.amount.toString(),
    reason: funding.reason,
    actor: funding.actor,
    entry_id: funding.entryId,
    created_at_ms: funding.createdAtMs,
  })) as number[]
  return { ...funding, id: String(number) }
}

export async function pageOfFundings(
  database: Database,
  poolId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: FundingRecord[]; nextCursor?: string }> {
  const rows = database('staking_fundings')
    .where('pool_id', poolId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
  const cursor = readCursor(page.cursor)
  if (cursor !== null) void rows.where('id', '<', cursor)
  const fundings = ((await rows) as FundingRow[]).map((row) => ({
    id: String(row.id),
    poolId: row.pool_id,
    direction: row.direction,
    assetId: row.asset_id,
    amount: units(row.amount),
    reason: row.reason,
    actor: row.actor,
    entryId: row.entry_id,
    createdAtMs: msOf(row.created_at_ms),
  }))
  return pageOfRows(fundings, page.limit, ({ id }) => id)
}

/** A demonstration paid into the pool's fund, and nobody else did. */
export async function isDemoFunded(database: Database, poolId: string): Promise<boolean> {
  const rows = (await database('staking_fundings')
    .where({ pool_id: poolId, direction: 'in' })
    .distinct('actor')) as Pick<FundingRow, 'actor'>[]
  return rows.length > 0 && rows.every(({ actor }) => actor === 'demo')
}
