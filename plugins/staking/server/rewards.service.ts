import { implement, type Implementation } from '@cambium/kernel'
import { add, formatAmount, zero, type Amount } from '@cambium/kernel/money'
import * as routes from '../routes/rewards.ts'
import { DAY_MS, effectiveAprPpm, midnightAt } from '../routes/reward-rules.ts'
import { pageOfAccruals, rewardsBetween } from './accruals.model.ts'
import { timeOf } from './columns.ts'
import type { StakingParts } from './parts.ts'
import { allPools } from './pools.model.ts'
import { ownTotals } from './positions.model.ts'
import { ownPosition } from './positions.service.ts'
import { ratesOf, tiersAt } from './rates.model.ts'
import { unbondingBy } from './redemptions.model.ts'

const PAGE_ROWS = 90

/** Handlers of rewards: the log of one position, and what everything together comes to. */
export function rewardImplementations(parts: StakingParts): Implementation<never>[] {
  const { kernel, desk } = parts
  return [
    implement(routes.listRewards, async ({ params, userId }) => {
      const { id, assetId } = await ownPosition(parts, params.positionId, userId)
      const scale = await desk.scaleOf(assetId)
      const page = { limit: params.limit ?? PAGE_ROWS, cursor: params.cursor }
      const accruals = await pageOfAccruals(kernel.database, id, page)
      const items = accruals.items.map((accrual) => ({
        from: timeOf(accrual.fromMs),
        to: timeOf(accrual.toMs),
        stake: formatAmount(accrual.stake, scale),
        aprPpm: accrual.aprPpm,
        reward: formatAmount(accrual.reward, scale),
        isFunded: accrual.isFunded,
        isCompounded: accrual.isCompounded,
        paidAt: timeOf(accrual.paidAtMs),
      }))
      return { ...accruals, items }
    }),
    implement(routes.listStakedAssets, async ({ userId }) => ({ items: await stakedAssets(parts, userId) })),
  ]
}

/** The best rate an open pool pays on its first unit, and how many pools are open, by asset. */
async function offers({
  kernel,
}: StakingParts): Promise<Map<string, { aprPpmMax: number; openPools: number }>> {
  const pools = (await allPools(kernel.database)).filter(({ state }) => state === 'open')
  const rates = await ratesOf(
    kernel.database,
    pools.map(({ id }) => id),
  )
  const found = new Map<string, { aprPpmMax: number; openPools: number }>()
  for (const { id, assetId } of pools) {
    const tiers = tiersAt(rates.get(id) ?? [], kernel.clock.now().getTime())
    const aprPpm = effectiveAprPpm({ stake: zero, offset: zero }, tiers)
    const known = found.get(assetId) ?? { aprPpmMax: 0, openPools: 0 }
    found.set(assetId, { aprPpmMax: Math.max(known.aprPpmMax, aprPpm), openPools: known.openPools + 1 })
  }
  return found
}

async function stakedAssets(parts: StakingParts, userId: string): Promise<routes.StakedAsset[]> {
  const { kernel } = parts
  const todayMs = midnightAt(kernel.clock.now().getTime())
  const [own, unbonding, yesterday, offered, assets] = await Promise.all([
    ownTotals(kernel.database, userId),
    unbondingBy(kernel.database, 'asset_id', userId),
    rewardsBetween(kernel.database, userId, { fromMs: todayMs - DAY_MS, toMs: todayMs }),
    offers(parts),
    kernel.ledger.assets(),
  ])
  const ids = [...new Set([...own.keys(), ...offered.keys()])].sort()
  return ids.map((assetId) => {
    const scale = assets.get(assetId)?.scale ?? 0
    const text = (value: Amount | undefined): string => formatAmount(value ?? zero, scale)
    const mine = own.get(assetId)
    return {
      assetId,
      staked: text(mine && add(mine.stake, mine.pending)),
      unbonding: text(unbonding.get(assetId)),
      rewards: text(mine?.rewards),
      rewardsYesterday: text(yesterday.get(assetId)),
      positions: mine?.positions ?? 0,
      aprPpmMax: offered.get(assetId)?.aprPpmMax ?? 0,
      openPools: offered.get(assetId)?.openPools ?? 0,
    }
  })
}
