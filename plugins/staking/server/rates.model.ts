import type { TierRate } from '../routes/reward-rules.ts'
import { msOf, parseTiers, writeTiers, type Database, type Transaction } from './columns.ts'

/** The tiers of a pool from a moment on. */
export interface Rate {
  readonly fromMs: number
  readonly tiers: readonly TierRate[]
}

interface RateRow {
  readonly pool_id: string
  readonly effective_from_ms: string
  readonly tiers: string
}

/** Every pool's rates, oldest first. */
export async function ratesOf(
  database: Database,
  poolIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Rate[]>> {
  const rows = (await database('staking_rates')
    .whereIn('pool_id', [...poolIds])
    .orderBy(['pool_id', 'effective_from_ms'])) as RateRow[]
  const rates = new Map<string, Rate[]>(poolIds.map((poolId) => [poolId, []]))
  for (const row of rows) {
    rates.get(row.pool_id)?.push({ fromMs: msOf(row.effective_from_ms), tiers: parseTiers(row.tiers) })
  }
  return rates
}

export async function ratesOfPool(database: Database, poolId: string): Promise<readonly Rate[]> {
  return (await ratesOf(database, [poolId])).get(poolId) ?? []
}

/** The tiers in force at a moment; the first ones also before they were set, so that a pool is never without. */
export function tiersAt(rates: readonly Rate[], ms: number): readonly TierRate[] {
  return (rates.findLast(({ fromMs }) => fromMs <= ms) ?? rates[0])?.tiers ?? []
}

export function rateAfter(rates: readonly Rate[], ms: number): Rate | null {
  return rates.find(({ fromMs }) => fromMs > ms) ?? null
}

/** Takes the place of every change that was to come into force at this moment or later. */
export async function setRate(trx: Transaction, poolId: string, rate: Rate): Promise<void> {
  await trx('staking_rates').where('pool_id', poolId).where('effective_from_ms', '>=', rate.fromMs).delete()
  await trx('staking_rates').insert({
    pool_id: poolId,
    effective_from_ms: rate.fromMs,
    tiers: writeTiers(rate.tiers),
  })
}
