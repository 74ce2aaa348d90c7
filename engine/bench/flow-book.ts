/**
 * Which orders of a flow still rest, and in what order they would trade: as much of a book as a generator needs to name
 * only orders that exist. A slot for each price, since a flow stays within a known range.
 */
import type { Random } from './random.ts'

export const BID = 0
export const ASK = 1

/** Orders are numbered by the flow from 1; 0 is none. */
export class FlowBook {
  readonly user: Int32Array
  readonly side: Uint8Array
  readonly price: Int32Array
  readonly leaves: Int32Array
  /** How many rest on each side. */
  readonly counts: [number, number] = [0, 0]
  readonly #next: Int32Array
  readonly #prev: Int32Array
  readonly #priceMin: number
  readonly #heads: readonly [Int32Array, Int32Array]
  readonly #tails: readonly [Int32Array, Int32Array]
  /** Slot of the best price of each side, where that side has any. */
  readonly #best: [number, number] = [0, 0]

  constructor(orders: number, priceMin: number, priceMax: number) {
    const column = (): Int32Array => new Int32Array(orders + 1)
    this.user = column()
    this.side = new Uint8Array(orders + 1)
    this.price = column()
    this.leaves = column()
    this.#next = column()
    this.#prev = column()
    this.#priceMin = priceMin
    const slots = (): Int32Array => new Int32Array(priceMax - priceMin + 1)
    this.#heads = [slots(), slots()]
    this.#tails = [slots(), slots()]
  }

  get resting(): number {
    return this.counts[BID] + this.counts[ASK]
  }

  insert(order: number): void {
    const side = this.side[order] as 0 | 1
    const slot = this.price[order]! - this.#priceMin
    const tail = this.#tails[side][slot]!
    this.#prev[order] = tail
    this.#next[order] = 0
    if (tail === 0) this.#heads[side][slot] = order
    else this.#next[tail] = order
    this.#tails[side][slot] = order
    const isBetter = side === BID ? slot > this.#best[side] : slot < this.#best[side]
    if (this.counts[side]++ === 0 || isBetter) this.#best[side] = slot
  }

  remove(order: number): void {
    const side = this.side[order] as 0 | 1
    const slot = this.price[order]! - this.#priceMin
    const next = this.#next[order]!
    const prev = this.#prev[order]!
    if (prev === 0) this.#heads[side][slot] = next
    else this.#next[prev] = next
    if (next === 0) this.#tails[side][slot] = prev
    else this.#prev[next] = prev
    if (--this.counts[side] === 0) return
    const worse = side === BID ? -1 : 1
    while (this.#heads[side][this.#best[side]] === 0) this.#best[side] += worse
  }

  /** Trades `order` within its price, tells of each trade, and answers what is left of it. */
  match(order: number, onTrade: (maker: number, isFilled: boolean) => void): number {
    const side = this.side[order]!
    const limit = this.price[order]!
    const other = side === BID ? ASK : BID
    let left = this.leaves[order]!
    while (left > 0 && this.counts[other] > 0) {
      const price = this.#best[other] + this.#priceMin
      if (side === BID ? price > limit : price < limit) break
      const maker = this.#heads[other][this.#best[other]]!
      const lots = Math.min(left, this.leaves[maker]!)
      left -= lots
      this.leaves[maker] = this.leaves[maker]! - lots
      const isFilled = this.leaves[maker] === 0
      if (isFilled) this.remove(maker)
      onTrade(maker, isFilled)
    }
    return left
  }
}

/** The orders a flow may cancel or move, and how it chooses the next one. */
export interface LiveOrders {
  readonly count: number
  add(order: number): void
  delete(order: number): void
  pick(random: Random): number
}

/** Chooses among the oldest few, as traders do who follow the price with what they have had in the book for long. */
export class OldestOrders implements LiveOrders {
  static readonly AMONG = 512
  count = 0
  // Entry 0 is the ring's start and end.
  readonly #next: Int32Array
  readonly #prev: Int32Array

  constructor(orders: number) {
    this.#next = new Int32Array(orders + 1)
    this.#prev = new Int32Array(orders + 1)
  }

  add(order: number): void {
    this.count++
    const last = this.#prev[0]!
    this.#prev[order] = last
    this.#next[order] = 0
    this.#next[last] = order
    this.#prev[0] = order
  }

  delete(order: number): void {
    this.count--
    this.#next[this.#prev[order]!] = this.#next[order]!
    this.#prev[this.#next[order]!] = this.#prev[order]!
  }

  pick(random: Random): number {
    let order = this.#next[0]!
    for (let n = random.below(Math.min(this.count, OldestOrders.AMONG)); n > 0; n--)
      order = this.#next[order]!
    return order
  }
}

/** Chooses among all alike, so that hardly any order touched is still in the processor's cache. */
export class AnyOrders implements LiveOrders {
  count = 0
  readonly #orders: Int32Array
  readonly #places: Int32Array

  constructor(orders: number) {
    this.#orders = new Int32Array(orders + 1)
    this.#places = new Int32Array(orders + 1)
  }

  add(order: number): void {
    this.#places[order] = this.count
    this.#orders[this.count++] = order
  }

  delete(order: number): void {
    const last = this.#orders[--this.count]!
    const place = this.#places[order]!
    this.#orders[place] = last
    this.#places[last] = place
  }

  pick(random: Random): number {
    return this.#orders[random.below(this.count)]!
  }
}
