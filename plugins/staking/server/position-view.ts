import { formatAmount } from '@cambium/kernel/money'
import { effectiveAprPpm } from '../routes/reward-rules.ts'
import type { Position, Redemption } from '../routes/positions.ts'
import type { Tier } from '../routes/terms.ts'
import type { TierRate } from '../routes/reward-rules.ts'
import { timeOf, timeOrNull } from './columns.ts'
import type { PositionRecord } from './positions.model.ts'
import { tiersAt, type Rate } from './rates.model.ts'
import type { RedemptionRecord } from './redemptions.model.ts'

/** What a position is shown beside. */
export interface PositionSurroundings {
  readonly poolName: string
  readonly scale: number
  readonly rates: readonly Rate[]
  readonly nowMs: number
  readonly isUnfunded: boolean
}

export function wireTiers(tiers: readonly TierRate[], scale: number): Tier[] {
  return tiers.map(({ from, aprPpm }) => ({ from: formatAmount(from, scale), aprPpm }))
}

export function positionView(position: PositionRecord, around: PositionSurroundings): Position {
  const { scale, rates, nowMs } = around
  const tiers = position.tiers ?? tiersAt(rates, nowMs)
  const slice = { stake: position.stake, offset: position.tierOffset }
  return {
    id: position.id,
    poolId: position.poolId,
    poolName: around.poolName,
    assetId: position.assetId,
    scale,
    kind: position.kind,
    state: position.state,
    stake: formatAmount(position.stake, scale),
    pending: formatAmount(position.pending, scale),
    pendingFrom: timeOrNull(position.pendingFromMs),
    aprPpm: effectiveAprPpm(slice, tiers),
    tiers: position.tiers === null ? null : wireTiers(position.tiers, scale),
    rewards: formatAmount(position.rewards, scale),
    termRewards: formatAmount(position.termRewards, scale),
    tierOffset: formatAmount(position.tierOffset, scale),
    isAutoCompound: position.isAutoCompound,
    isAutoRenew: position.isAutoRenew,
    termNumber: position.termNumber,
    startedAt: timeOf(position.startedAtMs),
    earnsFrom: timeOf(position.earnsFromMs),
    accruedThrough: timeOf(position.accruedThroughMs),
    maturesAt: timeOrNull(position.maturesAtMs),
    closedAt: timeOrNull(position.closedAtMs),
    isUnfunded: around.isUnfunded,
  }
}

export function redemptionView(redemption: RedemptionRecord, scale: number): Redemption {
  return {
    id: redemption.id,
    cause: redemption.cause,
    penalty: formatAmount(redemption.penalty, scale),
    payout: formatAmount(redemption.payout, scale),
    requestedAt: timeOf(redemption.requestedAtMs),
    releasesAt: timeOf(redemption.releasesAtMs),
    paidAt: timeOrNull(redemption.paidAtMs),
  }
}
