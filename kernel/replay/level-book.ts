import assert from 'node:assert/strict'
import type { Side } from '../exchange/exchange.ts'

/** One side of a book as price levels, kept in price order. Prices and quantities are units of 10⁻⁸. */
export class LevelSide {
  readonly side: Side
  readonly #quantities = new Map<bigint, bigint>()
  readonly #prices: bigint[] = []

  constructor(side: Side) {
    this.side = side
  }

  get size(): number {
    return this.#prices.length
  }

  quantity(price: bigint): bigint {
    return this.#quantities.get(price) ?? 0n
  }

  /** Sets the absolute quantity at a price; zero removes the level. */
  set(price: bigint, quantity: bigint): void {
    assert(price > 0n && quantity >= 0n)
    const isKnown = this.#quantities.has(price)
    if (quantity === 0n) {
      if (isKnown) {
        this.#quantities.delete(price)
        this.#prices.splice(this.#find(price), 1)
      }
      return
    }
    this.#quantities.set(price, quantity)
    if (!isKnown) this.#prices.splice(this.#find(price), 0, price)
  }

  /** Prices at which an opposite order limited to `price` would trade: asks up to it, bids from it on. */
  crossedBy(price: bigint): bigint[] {
    const index = this.#find(price)
    if (this.side === 'buy') return this.#prices.slice(index)
    return this.#prices.slice(0, this.#prices[index] === price ? index + 1 : index)
  }

  /** Prices better than `price`: an order coming in would meet these first. */
  betterThan(price: bigint): bigint[] {
    return this.crossedBy(price).filter((level) => level !== price)
  }

  levels(): ReadonlyMap<bigint, bigint> {
    return this.#quantities
  }

  /** Where `price` is or belongs, ascending. */
  #find(price: bigint): number {
    let low = 0
    let high = this.#prices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#prices[middle] as bigint) < price) low = middle + 1
      else high = middle
    }
    return low
  }
}

export interface LevelBook {
  readonly buy: LevelSide
  readonly sell: LevelSide
}

export function createLevelBook(): LevelBook {
  return { buy: new LevelSide('buy'), sell: new LevelSide('sell') }
}
