import { moneyRefusals } from './refusals.ts'

/**
 * A quantity of one asset, counted in its smallest unit: 1 BTC at scale 8 is `100_000_000n`.
 * The brand keeps a bare bigint (an id, a timestamp) from being spent as money.
 */
export type Amount = bigint & { readonly __brand: 'Amount' }

/** What remains when money is divided goes one way: the caller says which. */
export type Rounding = 'down' | 'up'

export function amount(units: bigint): Amount {
  return units as Amount
}

export const zero = amount(0n)

export function add(left: Amount, right: Amount): Amount {
  return (left + right) as Amount
}

export function subtract(left: Amount, right: Amount): Amount {
  return (left - right) as Amount
}

/** `left × numerator ÷ denominator`. The caller names the rounding, because somebody keeps the rest. */
export function mulDiv(left: Amount, numerator: bigint, denominator: bigint, rounding: Rounding): Amount {
  if (left < 0n || numerator < 0n || denominator <= 0n) {
    throw new RangeError(`mulDiv takes no negative numbers: ${left} × ${numerator} ÷ ${denominator}`)
  }
  const product = left * numerator
  const quotient = product / denominator
  const isExact = quotient * denominator === product
  return (rounding === 'up' && !isExact ? quotient + 1n : quotient) as Amount
}

const decimalText = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/

/**
 * Reads a decimal string in whole units. Refuses what is no plain decimal and what is finer than the asset's
 * smallest unit; zeros beyond the scale are harmless and accepted.
 */
export function parseAmount(text: string, scale: number): Amount {
  const match = decimalText.exec(text)
  if (!match) throw moneyRefusals.amount_malformed({ value: text })
  const [, sign, whole = '0', fraction = ''] = match
  const kept = fraction.slice(0, scale)
  if (/[1-9]/.test(fraction.slice(scale))) throw moneyRefusals.amount_too_fine({ value: text, scale })
  const units = BigInt(whole + kept.padEnd(scale, '0'))
  return (sign === '-' ? -units : units) as Amount
}

/** Writes the shortest decimal string in whole units: `150_000_000n` at scale 8 is `"1.5"`. */
export function formatAmount(value: Amount, scale: number): string {
  const sign = value < 0n ? '-' : ''
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return sign + whole + (fraction === '' ? '' : `.${fraction}`)
}
