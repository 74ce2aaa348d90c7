import { computed, ref, type ComputedRef, type Ref } from 'vue'
import {
  amount as asUnits,
  compareDecimals,
  formatAmount,
  isPositiveDecimal,
  parseAmount,
  zero,
  type Amount,
} from '@cambium/kernel/money'
import type { Pool, Room } from '../routes/pools.ts'
import { apyPpm, DAY_MS, effectiveAprPpm, forecastReward, midnightAfter } from '../routes/reward-rules.ts'
import { readTiers } from '../routes/terms.ts'

export type StakeFault =
  | 'amountMissing'
  | 'belowMinimum'
  | 'aboveBalance'
  | 'aboveRoom'
  | 'levelTooLow'
  | 'poolClosed'
  | 'poolUnfunded'

/** What the stake as written will bring, while the terms stay as they are. */
export interface StakePreview {
  readonly aprPpm: number
  readonly apyPpm: number
  /** Of the first day. */
  readonly daily: string
  /** Of the term, or of a year where there is none. */
  readonly total: string
  readonly days: number
}

export interface StakeForm {
  readonly entry: Ref<string>
  readonly isAutoCompound: Ref<boolean>
  readonly isAutoRenew: Ref<boolean>
  /** The smallest step that the asset has, eight decimals at most: nobody types more. */
  readonly step: ComputedRef<string>
  /** What can be staked at most: balance and room. */
  readonly max: ComputedRef<string | null>
  readonly fault: ComputedRef<StakeFault | null>
  readonly preview: ComputedRef<StakePreview>
}

export interface StakeDates {
  readonly earnsFromMs: number
  readonly firstRewardMs: number
  readonly maturesAtMs: number | null
}

/** What happens when to a stake made at `nowMs`. */
export function stakeDates({ termDays }: Pick<Pool, 'termDays'>, nowMs: number): StakeDates {
  const earnsFromMs = midnightAfter(nowMs)
  return {
    earnsFromMs,
    firstRewardMs: earnsFromMs + DAY_MS,
    maturesAtMs: termDays === null ? null : earnsFromMs + termDays * DAY_MS,
  }
}

const YEAR_DAYS = 365

function unitsOf(text: string, scale: number): Amount {
  return isPositiveDecimal(text) ? parseAmount(text, scale) : zero
}

export function stakePreview(
  pool: Pool,
  { amount, staked }: { amount: string; staked: string },
  isAutoCompound: boolean,
): StakePreview {
  const tiers = readTiers(pool.tiers, pool.scale)
  const stake = unitsOf(amount, pool.scale)
  const offset = unitsOf(staked, pool.scale)
  const days = pool.termDays ?? YEAR_DAYS
  const slice = { stake, offset }
  const aprPpm = effectiveAprPpm(stake === 0n ? { stake: asUnits(1n), offset } : slice, tiers)
  const text = (value: Amount): string => formatAmount(value, pool.scale)
  return {
    aprPpm,
    apyPpm: apyPpm(aprPpm),
    daily: text(forecastReward({ ...slice, tiers, days: 1, isAutoCompound: false })),
    total: text(forecastReward({ ...slice, tiers, days, isAutoCompound })),
    days,
  }
}

export function stakeFault(pool: Pool, room: Room | null, amount: string): StakeFault | null {
  if (pool.state !== 'open') return 'poolClosed'
  if (!pool.isFunded) return 'poolUnfunded'
  if (room && room.level < room.levelMin) return 'levelTooLow'
  if (!isPositiveDecimal(amount)) return 'amountMissing'
  if (room && compareDecimals(amount, room.available) > 0) return 'aboveBalance'
  if (room && room.room !== null && compareDecimals(amount, room.room) > 0) return 'aboveRoom'
  return compareDecimals(amount, pool.stakeMin) < 0 ? 'belowMinimum' : null
}

/** What the user writes to stake, checked while it is written; `room` is null for a visitor. */
export function useStakeForm(pool: () => Pool, room: () => Room | null): StakeForm {
  const entry = ref('')
  const isAutoCompound = ref(true)
  const isAutoRenew = ref(false)
  const amount = computed(() => (entry.value.endsWith('.') ? entry.value.slice(0, -1) : entry.value))
  const step = computed(() => formatAmount(asUnits(1n), Math.min(pool().scale, 8)))
  const max = computed(() => {
    const known = room()
    if (known === null) return null
    return known.room !== null && compareDecimals(known.room, known.available) < 0
      ? known.room
      : known.available
  })
  return {
    entry,
    isAutoCompound,
    isAutoRenew,
    step,
    max,
    fault: computed(() => stakeFault(pool(), room(), amount.value)),
    preview: computed(() =>
      stakePreview(pool(), { amount: amount.value, staked: room()?.staked ?? '0' }, isAutoCompound.value),
    ),
  }
}
