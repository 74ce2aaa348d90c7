import { amount, formatAmount, parseAmount } from '@cambium/kernel/money'

/**
 * Arithmetic on the decimal strings of the wire, for display and input. Pages know prices and quantities as
 * strings without a scale; the scale used here is simply the finest of the operands.
 */

/** How many decimals a tick or lot size asks for: `"0.01"` is 2, `"1"` is 0. */
export function decimalsOf(step: string): number {
  const point = step.indexOf('.')
  if (point < 0) return 0
  return step.slice(point + 1).replace(/0+$/, '').length
}

function scaleOf(...texts: readonly string[]): number {
  return Math.max(...texts.map((text) => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)))
}

/** Negative, zero or positive, as a sort wants it. */
export function compareDecimals(left: string, right: string): number {
  const scale = scaleOf(left, right)
  const difference = parseAmount(left, scale) - parseAmount(right, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function addDecimals(left: string, right: string): string {
  const scale = scaleOf(left, right)
  return formatAmount(amount(parseAmount(left, scale) + parseAmount(right, scale)), scale)
}

export function subtractDecimals(left: string, right: string): string {
  const scale = scaleOf(left, right)
  return formatAmount(amount(parseAmount(left, scale) - parseAmount(right, scale)), scale)
}

export function multiplyDecimals(left: string, right: string): string {
  const leftScale = scaleOf(left)
  const rightScale = scaleOf(right)
  const product = parseAmount(left, leftScale) * parseAmount(right, rightScale)
  return formatAmount(amount(product), leftScale + rightScale)
}

/** Exactly `decimals` decimals: padded with zeros, or cut towards zero, because a shown balance never exceeds the real one. */
export function fixDecimals(text: string, decimals: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  if (decimals === 0) return whole
  return `${whole}.${fraction.slice(0, decimals).padEnd(decimals, '0')}`
}

/** The nearest multiple of `step` towards zero. */
export function floorToStep(text: string, step: string): string {
  const scale = scaleOf(text, step)
  const units = parseAmount(step, scale)
  if (units === 0n) return text
  const value = parseAmount(text, scale)
  return formatAmount(amount(value - (value % units)), scale)
}

/** `part` of `whole` in hundredths of a percent, cut towards zero: for bars and slots of a layout, not for money. */
export function shareOf(part: string, whole: string): number {
  const scale = scaleOf(part, whole)
  const total = parseAmount(whole, scale)
  if (total === 0n) return 0
  return Number((parseAmount(part, scale) * 10_000n) / total)
}

/** `percent` (0–100, whole) of `whole`, cut to `step`. */
export function percentOf(whole: string, percent: number, step: string): string {
  const scale = scaleOf(whole) + 2
  const part = (parseAmount(whole, scale) * BigInt(percent)) / 100n
  return floorToStep(formatAmount(amount(part), scale), step)
}

/** The change from `before` to `after` in percent, `"-1.25"`; null when there is nothing to compare with. */
export function percentChange(before: string, after: string, decimals = 2): string | null {
  const scale = scaleOf(before, after)
  const base = parseAmount(before, scale)
  if (base === 0n) return null
  const difference = parseAmount(after, scale) - base
  return formatAmount(amount((difference * 100n * 10n ** BigInt(decimals)) / base), decimals)
}

/** A rate of the wire in parts per million as a percentage: `1000` is `"0.1"`. */
export function ppmToPercent(ppm: number): string {
  return formatAmount(amount(BigInt(ppm)), 4)
}
