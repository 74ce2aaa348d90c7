import { add, subtract, zero, type Amount } from '@cambium/kernel/money'
import {
  earlyPenalty,
  effectiveAprPpm,
  forecastReward,
  midnightAfter,
  rewardOf,
  weightOf,
  type TierRate,
} from '../routes/reward-rules.ts'
import type { PositionRecord } from './positions.model.ts'

/** What happens to a position as time passes: rules without a clock and without a database. */

/** From `fromMs` (inclusive) to `toMs` (exclusive), within one UTC day. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

export interface Accrual extends Period {
  readonly positionId: string
  readonly stake: Amount
  readonly aprPpm: number
  readonly reward: Amount
  readonly isFunded: boolean
  readonly isCompounded: boolean
}

type TiersAt = (ms: number) => readonly TierRate[]

/** The next period that is over at `untilMs`; null when everything up to then, or up to maturity, was accrued. */
export function nextPeriod(position: PositionRecord, untilMs: number): Period | null {
  const fromMs = position.accruedThroughMs
  const endMs = Math.min(untilMs, position.maturesAtMs ?? untilMs)
  return fromMs < endMs ? { fromMs, toMs: Math.min(midnightAfter(fromMs), endMs) } : null
}

/** What was added begins to earn when its midnight has come, and the weight is that of the period that comes next. */
export function settled(position: PositionRecord, tiersAt: TiersAt): PositionRecord {
  const { pendingFromMs, accruedThroughMs } = position
  const isDue = pendingFromMs !== null && pendingFromMs <= accruedThroughMs
  const stake = isDue ? add(position.stake, position.pending) : position.stake
  const tiers = position.tiers ?? tiersAt(accruedThroughMs)
  const weight = weightOf({ stake, offset: position.tierOffset }, tiers)
  return isDue ? { ...position, stake, pending: zero, pendingFromMs: null, weight } : { ...position, weight }
}

export interface Accrued {
  readonly position: PositionRecord
  readonly accrual: Accrual
}

/**
 * The reward of one period, paid from `available` whole or not at all. A period that was not paid is over all the same:
 * accrual stops while the fund is empty, it does not run up a debt.
 */
export function accrue(
  position: PositionRecord,
  period: Period,
  { tiersAt, available }: { tiersAt: TiersAt; available: Amount },
): Accrued {
  const tiers = position.tiers ?? tiersAt(period.fromMs)
  const slice = { stake: position.stake, offset: position.tierOffset }
  const seconds = BigInt(Math.floor((period.toMs - period.fromMs) / 1000))
  const earned = rewardOf(weightOf(slice, tiers), seconds, position.carry)
  const isFunded = earned.reward <= available
  const reward = isFunded ? earned.reward : zero
  const isCompounded = position.isAutoCompound && reward > 0n
  const accrual = {
    ...period,
    positionId: position.id,
    stake: position.stake,
    aprPpm: effectiveAprPpm(slice, tiers),
    reward,
    isFunded,
    isCompounded,
  }
  const after = {
    ...position,
    stake: isCompounded ? add(position.stake, reward) : position.stake,
    carry: isFunded ? earned.carry : position.carry,
    accruedThroughMs: period.toMs,
    rewards: add(position.rewards, reward),
    termRewards: add(position.termRewards, reward),
  }
  return { position: settled(after, tiersAt), accrual }
}

/** The most a term can pay, kept back so that a locked stake never earns less than was promised. */
export function termReserve(terms: {
  readonly stake: Amount
  readonly offset: Amount
  readonly tiers: readonly TierRate[]
  readonly days: number
}): Amount {
  return forecastReward({ ...terms, isAutoCompound: true })
}

export interface Withdrawn {
  readonly position: PositionRecord
  readonly penalty: Amount
  readonly payout: Amount
}

/** Takes `amount` out of a flexible position: first what does not earn yet. */
export function withdrawFlexible(position: PositionRecord, amount: Amount, tiersAt: TiersAt): Withdrawn {
  const fromPending = amount < position.pending ? amount : position.pending
  const pending = subtract(position.pending, fromPending)
  const stake = subtract(position.stake, subtract(amount, fromPending))
  const after = { ...position, stake, pending, pendingFromMs: pending === 0n ? null : position.pendingFromMs }
  return { position: settled(after, tiersAt), penalty: zero, payout: amount }
}

/** Takes everything out of a locked position. Before its maturity the rewards of the term go back to the pool. */
export function withdrawLocked(position: PositionRecord, isEarly: boolean): Withdrawn {
  const penalty = isEarly ? earlyPenalty(position.stake, position.termRewards) : zero
  const emptied = { ...position, stake: zero, weight: 0n }
  return { position: emptied, penalty, payout: subtract(position.stake, penalty) }
}
