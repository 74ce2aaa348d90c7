import type { PluginKernel } from '@cambium/kernel'
import { formatAmount, zero, type Amount } from '@cambium/kernel/money'
import type { Pool } from '../routes/pools.ts'
import type { ReviewedPool } from '../routes/review.ts'
import { runwayDays } from '../routes/reward-rules.ts'
import { rewardFund } from './accounts.ts'
import { decimalOrNull, timeOf } from './columns.ts'
import { dayFigures } from './days.model.ts'
import { committedFunds, dailyReward, freeFunds } from './pool-work.ts'
import type { PoolRecord } from './pools.model.ts'
import { emptyTotals, totalsOf, type PoolTotals } from './positions.model.ts'
import { wireTiers } from './position-view.ts'
import { rateAfter, ratesOf, tiersAt, type Rate } from './rates.model.ts'
import { unbondingBy } from './redemptions.model.ts'

interface Figures {
  readonly totals: PoolTotals
  readonly rates: readonly Rate[]
  readonly fund: Amount
  readonly scale: number
  readonly nowMs: number
}

function poolView(pool: PoolRecord, { totals, rates, fund, scale, nowMs }: Figures): Pool {
  const next = rateAfter(rates, nowMs)
  return {
    id: pool.id,
    name: pool.name,
    assetId: pool.assetId,
    scale,
    kind: pool.kind,
    state: pool.state,
    termDays: pool.termDays,
    unbondingDays: pool.unbondingDays,
    stakeMin: formatAmount(pool.stakeMin, scale),
    userCap: decimalOrNull(pool.userCap, scale),
    poolCap: decimalOrNull(pool.poolCap, scale),
    levelMin: pool.levelMin,
    rewardSource: pool.rewardSource,
    rewardNote: pool.rewardNote,
    tiers: wireTiers(tiersAt(rates, nowMs), scale),
    nextTiers: next && { tiers: wireTiers(next.tiers, scale), from: timeOf(next.fromMs) },
    staked: formatAmount(totals.staked, scale),
    subscribers: totals.subscribers,
    isFunded: fund > 0n && fund >= dailyReward(totals),
    runwayDays: runwayDays(fund, totals.weight),
    sortOrder: pool.sortOrder,
    revision: pool.revision,
  }
}

async function figuresOf(kernel: PluginKernel, pools: readonly PoolRecord[]): Promise<Figures[]> {
  const ids = pools.map(({ id }) => id)
  const [totals, rates, balances, assets] = await Promise.all([
    totalsOf(kernel.database, ids),
    ratesOf(kernel.database, ids),
    kernel.ledger.balances(ids.map(rewardFund)),
    kernel.ledger.assets(),
  ])
  const nowMs = kernel.clock.now().getTime()
  return pools.map(({ id, assetId }) => ({
    totals: totals.get(id) ?? emptyTotals,
    rates: rates.get(id) ?? [],
    fund:
      balances.find((one) => one.accountId === rewardFund(id) && one.assetId === assetId)?.available ?? zero,
    scale: assets.get(assetId)?.scale ?? 0,
    nowMs,
  }))
}

export async function viewPools(kernel: PluginKernel, pools: readonly PoolRecord[]): Promise<Pool[]> {
  const figures = await figuresOf(kernel, pools)
  return pools.flatMap((pool, index) => {
    const found = figures[index]
    return found ? [poolView(pool, found)] : []
  })
}

export async function viewPool(kernel: PluginKernel, pool: PoolRecord): Promise<Pool> {
  const [view] = await viewPools(kernel, [pool])
  if (!view) throw new Error(`the pool ${pool.id} has no figures`)
  return view
}

function isRunningLow({ settings }: PluginKernel, days: number | null): boolean {
  const warningDays = settings['runwayWarningDays']
  return days !== null && typeof warningDays === 'number' && days < warningDays
}

/** Pools with what is in their reward funds, for the operator. */
export async function reviewedPools(
  kernel: PluginKernel,
  pools: readonly PoolRecord[],
): Promise<ReviewedPool[]> {
  const [figures, days, unbonding] = await Promise.all([
    figuresOf(kernel, pools),
    dayFigures(kernel.database),
    unbondingBy(kernel.database, 'pool_id'),
  ])
  return pools.flatMap((pool, index) => {
    const found = figures[index]
    if (!found) return []
    const { totals, fund, scale } = found
    const committed = committedFunds(pool, totals)
    return [
      {
        pool: poolView(pool, found),
        fund: formatAmount(fund, scale),
        committed: formatAmount(committed, scale),
        free: formatAmount(freeFunds(fund, committed), scale),
        dailyReward: formatAmount(dailyReward(totals), scale),
        rewardsPaid: formatAmount(days.get(pool.id)?.paid ?? zero, scale),
        unbonding: formatAmount(unbonding.get(pool.id) ?? zero, scale),
        isStopped: pool.state !== 'ended' && (days.get(pool.id)?.isStopped ?? false),
        isRunningLow: isRunningLow(kernel, runwayDays(fund, totals.weight)),
        createdAt: timeOf(pool.createdAtMs),
      },
    ]
  })
}
