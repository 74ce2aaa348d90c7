import { compareDecimals, multiplyDecimals, ratioPpm } from '@cambium/kernel/money'

/** One period's value. */
export interface TimeBar {
  /** Milliseconds since the epoch, start of the period. */
  readonly time: number
  /** A decimal string, zero or above. */
  readonly value: string
  /** Why this one is different; it is drawn in another colour and said in words. */
  readonly note?: string | undefined
}

const steps = ['1', '1.5', '2', '2.5', '3', '4', '5', '6', '8', '10'] as const

function powerOfTen(exponent: number): string {
  return exponent >= 0 ? `1${'0'.repeat(exponent)}` : `0.${'0'.repeat(-exponent - 1)}1`
}

/** The order of magnitude of a decimal's first digit that is not zero: 2 for `123`, -3 for `0.0045`. */
function magnitudeOf(value: string): number {
  const [whole = '0', fraction = ''] = value.split('.')
  if (whole !== '0') return whole.length - 1
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0
  return -zeros - 1
}

/** A round number that no value exceeds; the axis goes from zero to it. */
export function axisTop(values: readonly string[]): string {
  const highest = values.reduce((high, value) => (compareDecimals(value, high) > 0 ? value : high), '0')
  if (compareDecimals(highest, '0') === 0) return '1'
  const unit = powerOfTen(magnitudeOf(highest))
  const step = steps.find((one) => compareDecimals(multiplyDecimals(one, unit), highest) >= 0) ?? '10'
  return multiplyDecimals(step, unit)
}

/** How high a value stands, in percent of the axis; what is not zero is always seen. */
export function barHeight(value: string, top: string): number {
  if (compareDecimals(value, '0') === 0) return 0
  return Math.max(ratioPpm(value, top) / 10_000, 1)
}

/** The line over the bars' tops through a field 100 by 100, closed along the bottom for the area. */
export function areaPath(heights: readonly number[]): { line: string; area: string } {
  if (heights.length === 0) return { line: '', area: '' }
  const stepX = 100 / Math.max(heights.length - 1, 1)
  const points = heights.map((height, index) => `${(index * stepX).toFixed(2)} ${(100 - height).toFixed(2)}`)
  const line = `M${points.join('L')}`
  return { line, area: `${line}L100 100L0 100Z` }
}
