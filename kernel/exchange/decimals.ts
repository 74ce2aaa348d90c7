import { amount, formatAmount, parseAmount, type Amount } from '../money/index.ts'

/** Decimals in which prices and quantities are kept and compared: enough for any tick times any lot. */
export const DECIMALS = 18
export const unit = 10n ** BigInt(DECIMALS)

export function parseDecimal(text: string): bigint {
  return parseAmount(text, DECIMALS)
}

export function formatDecimal(value: bigint): string {
  return formatAmount(amount(value), DECIMALS)
}

/** `"1.500000"`, as the database and the engine write it, as `"1.5"`: one spelling for everybody who compares. */
export function shortest(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/**
 * What a trade costs, in the quote asset. The engine lets nothing trade whose notional is no whole trading unit, so a
 * rest here means that its numbers and ours have come apart.
 */
export function notional(price: string, quantity: string, scale: number): Amount {
  const product = parseDecimal(price) * parseDecimal(quantity)
  const divisor = 10n ** BigInt(2 * DECIMALS - scale)
  if (product % divisor !== 0n) throw new Error(`${price} × ${quantity} is no whole amount at scale ${scale}`)
  return amount(product / divisor)
}
