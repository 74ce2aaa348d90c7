import { add, amount, mulDiv, subtract, zero, type Amount } from '@cambium/kernel/money'

/** How rewards are computed, for the server and for the preview in the page: the same code, in integers only. */

export const DAY_MS = 86_400_000
export const SECONDS_A_DAY = 86_400n
/** A year of exactly 365 days: 360 would pay more than the rate says. */
export const SECONDS_A_YEAR = 31_536_000n

const million = 1_000_000n
/** What `weight × seconds` is divided by: millionths of the rate, seconds of the year. */
export const REWARD_DIVISOR = million * SECONDS_A_YEAR

/** From `from` units on, `aprPpm` millionths a year. The first tier starts at zero; each pays for its own slice only. */
export interface TierRate {
  readonly from: Amount
  readonly aprPpm: number
}

export interface Slice {
  readonly stake: Amount
  /** What the owner has in the pool beside it, so that two stakes earn what one of both would. */
  readonly offset: Amount
}

export function midnightAt(ms: number): number {
  return ms - (ms % DAY_MS)
}

export function midnightAfter(ms: number): number {
  return midnightAt(ms) + DAY_MS
}

/** Units × millionths, summed over the tiers that the slice lies in: what one year pays, times a million. */
export function weightOf({ stake, offset }: Slice, tiers: readonly TierRate[]): bigint {
  const end = offset + stake
  return tiers.reduce((sum, { from, aprPpm }, index) => {
    const next = tiers[index + 1]?.from
    const low = from > offset ? from : offset
    const high = next !== undefined && next < end ? next : end
    return high > low ? sum + (high - low) * BigInt(aprPpm) : sum
  }, 0n)
}

/** The rate the whole slice earns, cut to a millionth. */
export function effectiveAprPpm(slice: Slice, tiers: readonly TierRate[]): number {
  if (slice.stake === 0n) return tiers[0]?.aprPpm ?? 0
  return Number.parseInt((weightOf(slice, tiers) / slice.stake).toString(), 10)
}

export interface EarnedReward {
  readonly reward: Amount
  /** What was less than a unit, in parts of `REWARD_DIVISOR`: counted to the next period. */
  readonly carry: bigint
}

/** The reward of `seconds`, down to the asset's unit; over a position's life its owner loses less than one unit. */
export function rewardOf(weight: bigint, seconds: bigint, carry: bigint): EarnedReward {
  const whole = amount(weight * seconds + carry)
  const reward = mulDiv(whole, 1n, REWARD_DIVISOR, 'down')
  return { reward, carry: whole - reward * REWARD_DIVISOR }
}

const yieldUnit = 10n ** 24n

/** What the rate comes to in a year when each day's reward is added to the stake: (1 + APR ÷ 365)^365 − 1, cut. */
export function apyPpm(aprPpm: number): number {
  const step = yieldUnit + (BigInt(aprPpm) * yieldUnit) / (million * 365n)
  let grown = yieldUnit
  for (let day = 0; day < 365; day += 1) grown = (grown * step) / yieldUnit
  return Number.parseInt((((grown - yieldUnit) * million) / yieldUnit).toString(), 10)
}

export interface Forecast extends Slice {
  readonly tiers: readonly TierRate[]
  readonly days: number
  readonly isAutoCompound: boolean
}

/** All rewards of so many whole days, exactly as they will be paid while nothing changes. */
export function forecastReward({ stake, offset, tiers, days, isAutoCompound }: Forecast): Amount {
  let total = zero
  let carry = 0n
  for (let day = 0; day < days; day += 1) {
    const earning = isAutoCompound ? add(stake, total) : stake
    const earned = rewardOf(weightOf({ stake: earning, offset }, tiers), SECONDS_A_DAY, carry)
    total = add(total, earned.reward)
    carry = earned.carry
  }
  return total
}

/**
 * What leaving a locked pool early costs: the rewards of the running term, which were paid already and are taken back
 * from the stake. It never takes more than the stake.
 */
export function earlyPenalty(stake: Amount, termRewards: Amount): Amount {
  return termRewards < stake ? termRewards : stake
}

/** How many whole days the fund lasts when `weight` earns of it; null while nothing does. */
export function runwayDays(fund: Amount, weight: bigint): number | null {
  if (weight <= 0n) return null
  const days = (fund * REWARD_DIVISOR) / (weight * SECONDS_A_DAY)
  return Number.parseInt((days > 100_000n ? 100_000n : days).toString(), 10)
}

/** What may be staked still: the least of the caps' rooms; null without any cap. */
export function roomOf(
  caps: readonly { readonly cap: Amount | null; readonly used: Amount }[],
): Amount | null {
  const rooms = caps.flatMap(({ cap, used }) =>
    cap === null ? [] : [used < cap ? subtract(cap, used) : zero],
  )
  return rooms.reduce<Amount | null>((least, room) => (least === null || room < least ? room : least), null)
}
