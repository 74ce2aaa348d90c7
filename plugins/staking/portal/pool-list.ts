import { compareDecimals, fixDecimals, percentOfPpm, ratioPpm } from '@cambium/kernel/money'
import type { Pool } from '../routes/pools.ts'
import type { Position } from '../routes/positions.ts'
import { apyPpm } from '../routes/reward-rules.ts'

/** A rate as people read it, two decimals of a percent. */
export function rateText(ppm: number): string {
  return fixDecimals(percentOfPpm(ppm), 2)
}

/** Fewer decimals for larger amounts: a headline is read at a glance, the exact figure stands beside it. */
export function headlineDecimals(amount: string): number {
  const [whole = '0', fraction = ''] = shortAmount(amount).split('.')
  if (whole === '0') return Math.max(fraction.length, 2)
  return whole.length > 3 ? 2 : 4
}

/** An amount for a column: what is finer than eight decimals is cut, and zeros are not added. */
export function shortAmount(amount: string): string {
  const [whole = '0', fraction = ''] = amount.split('.')
  const kept = fraction.slice(0, 8).replace(/0+$/, '')
  return kept === '' ? whole : `${whole}.${kept}`
}

export function bestAprPpm({ tiers }: Pick<Pool, 'tiers'>): number {
  return Math.max(...tiers.map(({ aprPpm }) => aprPpm))
}

export function bestApyPpm(pool: Pick<Pool, 'tiers'>): number {
  return apyPpm(bestAprPpm(pool))
}

/** How much of the cap is taken, in percent; null without a cap. */
export function filledPercent({ staked, poolCap }: Pick<Pool, 'staked' | 'poolCap'>): number | null {
  if (poolCap === null || compareDecimals(poolCap, '0') === 0) return null
  return Math.min(Math.floor(ratioPpm(staked, poolCap) / 10_000), 100)
}

export interface ListedPool {
  readonly pool: Pool
  readonly mine: readonly Position[]
}

export interface PoolFilter {
  readonly kind?: string | undefined
  readonly asset?: string | undefined
}

/** Pools that the filter lets through, those with own stakes in them marked by those. */
export function listedPools(
  pools: readonly Pool[],
  positions: readonly Position[],
  { kind, asset }: PoolFilter,
): ListedPool[] {
  return pools
    .filter(
      (pool) => (kind === undefined || pool.kind === kind) && (asset === undefined || pool.assetId === asset),
    )
    .map((pool) => ({ pool, mine: positions.filter(({ poolId }) => poolId === pool.id) }))
}
