import type { Amount } from '@cambium/kernel/money'
import type { Accrual } from './accrual-rules.ts'
import { msOf, pageOfRows, readCursor, units, type Database, type Transaction } from './columns.ts'

export interface PaidAccrual extends Accrual {
  readonly paidAtMs: number
}

interface AccrualRow {
  readonly position_id: number | string
  readonly period_start_ms: string
  readonly period_end_ms: string
  readonly stake: string
  readonly apr_ppm: number
  readonly reward: string
  readonly is_funded: number
  readonly is_compounded: number
  readonly paid_at_ms: string
}

function readAccrual(row: AccrualRow): PaidAccrual {
  return {
    positionId: String(row.position_id),
    fromMs: msOf(row.period_start_ms),
    toMs: msOf(row.period_end_ms),
    stake: units(row.stake),
    aprPpm: row.apr_ppm,
    reward: units(row.reward),
    isFunded: row.is_funded === 1,
    isCompounded: row.is_compounded === 1,
    paidAtMs: msOf(row.paid_at_ms),
  }
}

/** A period of a position that was accrued before fails here, and with it the transaction that would pay it twice. */
export async function insertAccruals(
  trx: Transaction,
  accruals: readonly Accrual[],
  paidAtMs: number,
): Promise<void> {
  if (accruals.length === 0) return
  await trx('staking_accruals').insert(
    accruals.map((accrual) => ({
      position_id: accrual.positionId,
      period_start_ms: accrual.fromMs,
      period_end_ms: accrual.toMs,
      stake: accrual.stake.toString(),
      apr_ppm: accrual.aprPpm,
      reward: accrual.reward.toString(),
      is_funded: accrual.isFunded,
      is_compounded: accrual.isCompounded,
      paid_at_ms: paidAtMs,
    })),
  )
}

export async function pageOfAccruals(
  database: Database,
  positionId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: PaidAccrual[]; nextCursor?: string }> {
  const rows = database('staking_accruals')
    .where('position_id', positionId)
    .orderBy('period_start_ms', 'desc')
    .limit(page.limit + 1)
  const cursor = readCursor(page.cursor)
  if (cursor !== null) void rows.where('period_start_ms', '<', cursor)
  const accruals = ((await rows) as AccrualRow[]).map(readAccrual)
  return pageOfRows(accruals, page.limit, ({ fromMs }) => String(fromMs))
}

/** Those of the positions whose last period could not be paid. */
export async function unfundedPositions(
  database: Database,
  positionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const latest = database('staking_accruals')
    .select('position_id')
    .max({ period_start_ms: 'period_start_ms' })
    .whereIn('position_id', [...positionIds])
    .groupBy('position_id')
    .as('latest')
  const rows = (await database('staking_accruals as accrual')
    .join(latest, (on) =>
      on
        .on('accrual.position_id', 'latest.position_id')
        .andOn('accrual.period_start_ms', 'latest.period_start_ms'),
    )
    .where('accrual.is_funded', false)
    .select({ id: 'accrual.position_id' })) as { id: number | string }[]
  return new Set(rows.map(({ id }) => String(id)))
}

/** What a user's positions were paid for the periods that began in a span, by asset. */
export async function rewardsBetween(
  database: Database,
  userId: string,
  span: { fromMs: number; toMs: number },
): Promise<ReadonlyMap<string, Amount>> {
  const rows = (await database('staking_accruals as accrual')
    .join('staking_positions as position', 'position.id', 'accrual.position_id')
    .where('position.user_id', userId)
    .where('accrual.period_start_ms', '>=', span.fromMs)
    .where('accrual.period_start_ms', '<', span.toMs)
    .groupBy('position.asset_id')
    .select({ assetId: 'position.asset_id' })
    .sum({ total: 'accrual.reward' })) as { assetId: string; total: string }[]
  return new Map(rows.map(({ assetId, total }) => [assetId, units(total)]))
}
