import type { Amount } from '@cambium/kernel/money'
import { msOf, msOrNull, units, type Database, type Transaction } from './columns.ts'

export interface RedemptionRecord {
  readonly id: string
  readonly positionId: string
  readonly userId: string
  readonly poolId: string
  readonly assetId: string
  readonly cause: 'request' | 'maturity' | 'poolEnd'
  readonly penalty: Amount
  readonly payout: Amount
  readonly requestedAtMs: number
  readonly releasesAtMs: number
  readonly paidAtMs: number | null
}

interface RedemptionRow {
  readonly id: number | string
  readonly position_id: number | string
  readonly user_id: string
  readonly pool_id: string
  readonly asset_id: string
  readonly cause: RedemptionRecord['cause']
  readonly penalty: string
  readonly payout: string
  readonly requested_at_ms: string
  readonly releases_at_ms: string
  readonly paid_at_ms: string | null
}

function readRedemption(row: RedemptionRow): RedemptionRecord {
  return {
    id: String(row.id),
    positionId: String(row.position_id),
    userId: row.user_id,
    poolId: row.pool_id,
    assetId: row.asset_id,
    cause: row.cause,
    penalty: units(row.penalty),
    payout: units(row.payout),
    requestedAtMs: msOf(row.requested_at_ms),
    releasesAtMs: msOf(row.releases_at_ms),
    paidAtMs: msOrNull(row.paid_at_ms),
  }
}

export async function insertRedemption(
  trx: Transaction,
  redemption: Omit<RedemptionRecord, 'id'>,
): Promise<RedemptionRecord> {
  const [number] = (await trx('staking_redemptions').insert({
    position_id: redemption.positionId,
    user_id: redemption.userId,
    pool_id: redemption.poolId,
    asset_id: redemption.assetId,
    cause: redemption.cause,
    penalty: redemption.penalty.toString(),
    payout: redemption.payout.toString(),
    requested_at_ms: redemption.requestedAtMs,
    releases_at_ms: redemption.releasesAtMs,
    paid_at_ms: redemption.paidAtMs,
  })) as number[]
  return { ...redemption, id: String(number) }
}

export async function redemptionsOf(database: Database, positionId: string): Promise<RedemptionRecord[]> {
  const rows = (await database('staking_redemptions')
    .where('position_id', positionId)
    .orderBy('id', 'desc')) as RedemptionRow[]
  return rows.map(readRedemption)
}

/** Redemptions whose unbonding is over and that nobody else is paying out at the moment. */
export async function lockReleasable(
  trx: Transaction,
  nowMs: number,
  limit: number,
): Promise<RedemptionRecord[]> {
  const rows = (await trx('staking_redemptions')
    .where('waits_until_ms', '<=', nowMs)
    .orderBy(['waits_until_ms', 'id'])
    .limit(limit)
    .forUpdate()
    .skipLocked()) as RedemptionRow[]
  return rows.map(readRedemption)
}

export async function markPaid(trx: Transaction, ids: readonly string[], paidAtMs: number): Promise<void> {
  await trx('staking_redemptions')
    .whereIn('id', [...ids])
    .update({ paid_at_ms: paidAtMs })
}

/** Closes those of the positions that hold nothing and wait for nothing any more. */
export async function closeReleased(
  trx: Transaction,
  positionIds: readonly string[],
  nowMs: number,
): Promise<void> {
  await trx('staking_positions')
    .whereIn('id', [...positionIds])
    .where('state', 'unbonding')
    .whereNotExists(
      trx('staking_redemptions')
        .select('id')
        .whereRaw('staking_redemptions.position_id = staking_positions.id')
        .whereNull('paid_at_ms'),
    )
    .update({ state: 'closed', closed_at_ms: nowMs })
}

/** What waits for its release, by asset of one user or by pool. */
export async function unbondingBy(
  database: Database,
  by: 'asset_id' | 'pool_id',
  userId?: string,
): Promise<ReadonlyMap<string, Amount>> {
  const query = database('staking_redemptions').whereNull('paid_at_ms').groupBy(by)
  if (userId !== undefined) void query.where('user_id', userId)
  const rows = (await query.select({ key: by }).sum({ total: 'payout' })) as { key: string; total: string }[]
  return new Map(rows.map(({ key, total }) => [key, units(total)]))
}
