/** Decimals as exact big integers of 10^-36: room for a price × a quantity of 18 decimals each. */
const EXACT = 36
export const one = 10n ** BigInt(EXACT)

/** Where amounts and quantities end, in units of their scale or in lots. */
export const amountEnd = 2n ** 53n
/** Where prices end, in ticks. */
export const ticksEnd = 2n ** 30n

export function exact(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(EXACT, '0'))
}

export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) / one
}

/** The smallest unit of an asset of this scale. */
export function unitOf(scale: number): bigint {
  return 10n ** BigInt(EXACT - scale)
}

/** Whole units of 10^-scale in `value`, or undefined when it is no whole number of them. */
export function unitsIn(value: bigint, scale: number): bigint | undefined {
  return stepsIn(value, unitOf(scale))
}

/** How many `step`s a value is, or undefined when it is no whole number of them. */
function stepsIn(value: bigint, step: bigint): bigint | undefined {
  return value % step === 0n ? value / step : undefined
}

/** The digits of a decimal, without its point and the zeros at the end of its fraction. */
export function digitsOf(value: bigint): bigint {
  let digits = value
  for (let decimals = EXACT; decimals > 0 && digits % 10n === 0n; decimals--) digits /= 10n
  return digits
}

/**
 * How many steps of the grid a price or quantity is: `off` when it lies between two, `beyond` when it is `end` or more, or
 * has more digits than anything counted here.
 */
export function countOf(value: bigint, step: string, end: bigint): bigint | 'off' | 'beyond' {
  if (digitsOf(value) >= amountEnd) return 'beyond'
  const steps = stepsIn(value, exact(step))
  if (steps === undefined) return 'off'
  return steps < end ? steps : 'beyond'
}

/** `dividend` ÷ `divisor`, up to the next whole `step`. */
export function divideUp(dividend: bigint, divisor: bigint, step: bigint): bigint {
  const whole = divisor * step
  return ((dividend + whole - 1n) / whole) * step
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

export function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** The shortest way to write it. */
export function show(value: bigint): string {
  const digits = value.toString().padStart(EXACT + 1, '0')
  return `${digits.slice(0, -EXACT)}.${digits.slice(-EXACT)}`.replace(/\.?0+$/, '')
}

/** With as many decimals as `step` has. */
export function showAs(value: bigint, step: string): string {
  const decimals = show(exact(step)).split('.')[1]?.length ?? 0
  const [whole, fraction = ''] = show(value).split('.')
  return decimals === 0 ? whole! : `${whole}.${fraction.padEnd(decimals, '0')}`
}
