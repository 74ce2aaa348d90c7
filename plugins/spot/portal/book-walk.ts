import { addDecimals, compareDecimals, subtractDecimals } from '@cambium/kernel/money'
import { notional, quantityFor } from '../routes/market-rules.ts'
import type { Level } from './live-book.ts'

export interface Walk {
  /** What the levels can give of what was asked. */
  readonly quantity: string
  readonly notional: string
}

const smaller = (left: string, right: string): string => (compareDecimals(left, right) <= 0 ? left : right)

/** What a quantity taken from these levels, best first, would cost or bring now. */
export function walkQuantity(levels: readonly Level[], quantity: string): Walk {
  let leaves = quantity
  let sum = '0'
  for (const [price, offered] of levels) {
    if (leaves === '0') break
    const taken = smaller(leaves, offered)
    sum = addDecimals(sum, notional(price, taken))
    leaves = subtractDecimals(leaves, taken)
  }
  return { quantity: subtractDecimals(quantity, leaves), notional: sum }
}

/** How much the levels give for a sum of the quote asset. */
export function walkNotional(levels: readonly Level[], sum: string): Walk {
  let leaves = sum
  let quantity = '0'
  for (const [price, offered] of levels) {
    const value = notional(price, offered)
    if (compareDecimals(value, leaves) >= 0) {
      const last = quantityFor(leaves, price)
      return { quantity: addDecimals(quantity, last), notional: sum }
    }
    quantity = addDecimals(quantity, offered)
    leaves = subtractDecimals(leaves, value)
  }
  return { quantity, notional: subtractDecimals(sum, leaves) }
}
