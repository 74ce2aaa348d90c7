import type { BookLevel } from './exchange.ts'
import { formatDecimal } from './decimals.ts'

/** One side of a book as quantities by price, best price first. */
export class BookSide {
  readonly #isBid: boolean
  /** Ascending for asks, descending for bids, so that the best is always first. */
  readonly #prices: bigint[] = []
  readonly #quantities = new Map<bigint, bigint>()

  constructor(isBid: boolean) {
    this.#isBid = isBid
  }

  get best(): bigint | undefined {
    return this.#prices[0]
  }

  quantityAt(price: bigint): bigint {
    return this.#quantities.get(price) ?? 0n
  }

  add(price: bigint, quantity: bigint): void {
    const before = this.#quantities.get(price)
    const after = (before ?? 0n) + quantity
    if (after < 0n) throw new Error(`a book level at ${formatDecimal(price)} fell below zero`)
    if (before === undefined) this.#prices.splice(this.#indexOf(price), 0, price)
    if (after === 0n) {
      this.#prices.splice(this.#indexOf(price), 1)
      this.#quantities.delete(price)
    } else {
      this.#quantities.set(price, after)
    }
  }

  /** Where `price` is, or would be inserted. */
  #indexOf(price: bigint): number {
    let [low, high] = [0, this.#prices.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#prices[middle] as bigint
      if (this.#isBid ? other > price : other < price) low = middle + 1
      else high = middle
    }
    return low
  }

  levels(limit: number): BookLevel[] {
    return this.#prices
      .slice(0, limit)
      .map((price) => [formatDecimal(price), formatDecimal(this.quantityAt(price))])
  }
}
