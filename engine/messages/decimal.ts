/** Decimal strings in and out, exactly. A `Decimal` is mantissa × 10^-decimals, without trailing zeros. */
export interface Decimal {
  readonly mantissa: number
  readonly decimals: number
}

const plainDecimal = /^\d{1,30}(\.\d{1,18})?$/

export function isDecimal(text: string): boolean {
  return plainDecimal.test(text)
}

/** The caller has checked `isDecimal`. A mantissa of 2^53 or more becomes Infinity, which every bound refuses. */
export function parseDecimal(text: string): Decimal {
  const point = text.indexOf('.')
  if (point < 0) return { mantissa: safeInteger(text), decimals: 0 }
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end--
  const decimals = Math.max(0, end - point - 1)
  return {
    mantissa: safeInteger(text.slice(0, point) + text.slice(point + 1, point + 1 + decimals)),
    decimals,
  }
}

function safeInteger(digits: string): number {
  const value = Number(digits)
  return value <= Number.MAX_SAFE_INTEGER ? value : Infinity
}

const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

export function powerOfTen(exponent: number): number {
  return powers[exponent] ?? Infinity
}

/** `value` in units of 10^-scale; -1 when it has more decimals than that, Infinity when it is 2^53 or more. */
export function toUnits(value: Decimal, scale: number): number {
  if (value.decimals > scale) return -1
  const units = value.mantissa * powerOfTen(scale - value.decimals)
  return units <= Number.MAX_SAFE_INTEGER ? units : Infinity
}

/** How many `step`s `value` is; -1 when it is not a whole number of them, Infinity when beyond 2^53. */
export function toSteps(value: Decimal, step: Decimal): number {
  const decimals = Math.max(value.decimals, step.decimals)
  const units = value.mantissa * powerOfTen(decimals - value.decimals)
  const size = step.mantissa * powerOfTen(decimals - step.decimals)
  if (units <= Number.MAX_SAFE_INTEGER && size <= Number.MAX_SAFE_INTEGER) {
    return units % size === 0 ? units / size : -1
  }
  if (value.mantissa === Infinity) return Infinity
  const wide = BigInt(value.mantissa) * 10n ** BigInt(decimals - value.decimals)
  const wideSize = BigInt(step.mantissa) * 10n ** BigInt(decimals - step.decimals)
  if (wide % wideSize !== 0n) return -1
  const steps = wide / wideSize
  return steps <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(steps) : Infinity
}

/** Units of 10^-scale as a decimal string: shortest, or with exactly `decimals` places. */
export function formatUnits(units: number, scale: number, decimals?: number): string {
  const digits = String(units)
  if (scale === 0) return decimals ? `${digits}.${'0'.repeat(decimals)}` : digits
  const padded = digits.length > scale ? digits : digits.padStart(scale + 1, '0')
  const whole = padded.slice(0, padded.length - scale)
  const fraction = padded.slice(padded.length - scale)
  if (decimals !== undefined) return decimals === 0 ? whole : `${whole}.${fraction.slice(0, decimals)}`
  let end = fraction.length
  while (end > 0 && fraction.charCodeAt(end - 1) === 48) end--
  return end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`
}
