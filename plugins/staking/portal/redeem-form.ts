import { computed, ref, type ComputedRef, type Ref } from 'vue'
import {
  addDecimals,
  compareDecimals,
  formatAmount,
  isPositiveDecimal,
  parseAmount,
  subtract,
} from '@cambium/kernel/money'
import type { Position } from '../routes/positions.ts'
import { DAY_MS, earlyPenalty } from '../routes/reward-rules.ts'

/** What redeeming now means. */
export interface RedeemOutcome {
  readonly isEarly: boolean
  readonly penalty: string
  readonly payout: string
  readonly releasesAtMs: number
}

export interface RedeemForm {
  readonly entry: Ref<string>
  /** All that the position holds. */
  readonly whole: ComputedRef<string>
  readonly isValid: ComputedRef<boolean>
  readonly outcome: ComputedRef<RedeemOutcome>
}

export function redeemOutcome(
  { position, unbondingDays }: { position: Position; unbondingDays: number },
  amount: string,
  nowMs: number,
): RedeemOutcome {
  const { kind, maturesAt, stake, termRewards, scale } = position
  const isEarly = kind === 'locked' && maturesAt !== null && Date.parse(maturesAt) > nowMs
  const releasesAtMs = nowMs + unbondingDays * DAY_MS
  if (!isEarly) return { isEarly, penalty: '0', payout: amount, releasesAtMs }
  const whole = parseAmount(stake, scale)
  const penalty = earlyPenalty(whole, parseAmount(termRewards, scale))
  return {
    isEarly,
    penalty: formatAmount(penalty, scale),
    payout: formatAmount(subtract(whole, penalty), scale),
    releasesAtMs,
  }
}

/** What the user writes to redeem: a part of a flexible position, all of a locked one. */
export function useRedeemForm(position: () => Position, unbondingDays: () => number): RedeemForm {
  const entry = ref('')
  const whole = computed(() => addDecimals(position().stake, position().pending))
  const amount = computed(() => {
    if (position().kind === 'locked') return whole.value
    return entry.value.endsWith('.') ? entry.value.slice(0, -1) : entry.value
  })
  return {
    entry,
    whole,
    isValid: computed(
      () => isPositiveDecimal(amount.value) && compareDecimals(amount.value, whole.value) <= 0,
    ),
    outcome: computed(() =>
      redeemOutcome(
        { position: position(), unbondingDays: unbondingDays() },
        isPositiveDecimal(amount.value) ? amount.value : '0',
        Date.now(),
      ),
    ),
  }
}
