import { amount, formatAmount, mulDiv, parseAmount, type Amount, type Rounding } from './amount.ts'

/**
 * Arithmetic on the decimal strings of the wire: prices, quantities and rates, which have no asset's scale.
 * Sums and products are exact; what can be endless is kept to as many decimals as the wire carries.
 */

const DECIMALS_MAX = 24
const million = 1_000_000n

function scaleOf(...texts: readonly string[]): number {
  return Math.max(...texts.map((text) => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)))
}

/** Both in units of the finer of the two. */
function aligned(left: string, right: string): { left: Amount; right: Amount; scale: number } {
  const scale = scaleOf(left, right)
  return { left: parseAmount(left, scale), right: parseAmount(right, scale), scale }
}

/** Negative, zero or positive, as a sort wants it. */
export function compareDecimals(left: string, right: string): number {
  const units = aligned(left, right)
  const difference = units.left - units.right
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function addDecimals(left: string, right: string): string {
  const units = aligned(left, right)
  return formatAmount(amount(units.left + units.right), units.scale)
}

export function subtractDecimals(left: string, right: string): string {
  const units = aligned(left, right)
  return formatAmount(amount(units.left - units.right), units.scale)
}

export function multiplyDecimals(left: string, right: string): string {
  const scales = [scaleOf(left), scaleOf(right)] as const
  const product = parseAmount(left, scales[0]) * parseAmount(right, scales[1])
  return formatAmount(amount(product), scales[0] + scales[1])
}

/** Cut after 24 decimals, so that `left` is never exceeded when the quotient is multiplied again. */
export function divideDecimals(left: string, right: string): string {
  const units = aligned(left, right)
  const quotient = mulDiv(units.left, 10n ** BigInt(DECIMALS_MAX), units.right, 'down')
  return formatAmount(quotient, DECIMALS_MAX)
}

export function isMultiple(value: string, step: string): boolean {
  const units = aligned(value, step)
  return units.left % units.right === 0n
}

/** The next multiple of `step` below or above, or `value` itself where it is one. */
export function toMultiple(value: string, step: string, rounding: Rounding): string {
  const units = aligned(value, step)
  const count = mulDiv(units.left, 1n, units.right, rounding)
  return formatAmount(amount(count * units.right), units.scale)
}

/** `ppm` millionths of a decimal; what is finer than 24 decimals goes the way the caller names. */
export function share(value: string, ppm: number, rounding: Rounding): string {
  const scale = Math.max(DECIMALS_MAX, scaleOf(value))
  return formatAmount(mulDiv(parseAmount(value, scale), BigInt(ppm), million, rounding), scale)
}

/** How much `part` is of `whole`, in millionths and cut towards zero; nothing of nothing. */
export function ratioPpm(part: string, whole: string): number {
  const units = aligned(part, whole)
  if (units.right === 0n) return 0
  return Number.parseInt(((units.left * million) / units.right).toString(), 10)
}

/** How far `value` is from `base`, in millionths of `base`. */
export function changePpm(value: string, base: string): number {
  return ratioPpm(subtractDecimals(value, base), base)
}

/** Parts per million as a percentage: `1000` is `"0.1"`. */
export function percentOfPpm(ppm: number): string {
  return formatAmount(amount(BigInt(ppm)), 4)
}

/** How many decimals a tick or lot size asks for: `"0.01"` is 2, `"1"` is 0. */
export function decimalsOf(step: string): number {
  return (step.split('.')[1] ?? '').replace(/0+$/, '').length
}

/** Exactly `decimals` decimals: padded, or cut towards zero, because a shown balance never exceeds the real one. */
export function fixDecimals(text: string, decimals: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  if (decimals === 0) return whole
  return `${whole}.${fraction.slice(0, decimals).padEnd(decimals, '0')}`
}

const plainDecimal = /^(0|[1-9][0-9]*)(\.[0-9]{1,24})?$/

/** Whether a text can be sent as a decimal above zero. */
export function isPositiveDecimal(text: string): boolean {
  return plainDecimal.test(text) && /[1-9]/.test(text)
}
