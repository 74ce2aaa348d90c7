/**
 * What traders of one market send, command by command, modelled on the generator of exchange-core's tests: a book of a
 * steady size around a price that follows the trades.
 */
import { AnyOrders, ASK, BID, FlowBook, OldestOrders, type LiveOrders } from './flow-book.ts'
import { Random } from './random.ts'

export const GTC = 1
export const IOC = 2
export const CANCEL = 3
export const MOVE = 5

export interface FlowTerms {
  readonly market: number
  /** Commands that fill the book, and those after it. */
  readonly fill: number
  readonly timed: number
  readonly users: number
  readonly seed: number
  readonly style: FlowStyle
}

export interface FlowStyle {
  /** Most commands move an order, or most place and cancel. */
  readonly mix: 'moves' | 'placesAndCancels'
  readonly picks: 'oldest' | 'any'
}

/** How often the generator looks at how full the book is: rarely, so that it sways. */
const LOOK_EVERY_MAX = 512

export class MarketFlow {
  readonly priceMin: number
  readonly priceMax: number
  readonly priceStart: number
  // The command that was made last. `order` counts the orders of this market from 1.
  type = 0
  side = 0
  user = 0
  order = 0
  price = 0
  size = 0
  readonly #terms: FlowTerms
  readonly #random: Random
  readonly #deviation: number
  readonly #book: FlowBook
  readonly #live: LiveOrders
  #made = 0
  #orders = 0
  #last: number
  #wasFull = false
  #seen: readonly [number, number] = [0, 0]
  #nextLook: number

  constructor(terms: FlowTerms) {
    this.#terms = terms
    this.#random = new Random(Math.imul(terms.market + 1, 0x9e3779b1) ^ Math.imul(terms.seed, 10_037))
    this.priceStart = Math.floor(10 ** (3.3 + this.#random.share() * 1.5 + this.#random.share() * 1.5))
    this.#last = this.priceStart
    this.#deviation = Math.max(1, Math.min(Math.floor(this.priceStart * 0.05), 10_000))
    this.priceMin = this.priceStart - this.#deviation * 5
    this.priceMax = this.priceStart + this.#deviation * 5
    const total = terms.fill + terms.timed
    // An order's price may lie a deviation beyond the range that trades keep to.
    const beyond = this.#deviation + 1
    this.#book = new FlowBook(total, this.priceMin - beyond, this.priceMax + beyond)
    this.#live = terms.style.picks === 'oldest' ? new OldestOrders(total) : new AnyOrders(total)
    this.#nextLook = this.#lookEvery
  }

  get #lookEvery(): number {
    return Math.min(LOOK_EVERY_MAX, this.#terms.fill + 1)
  }

  /** Makes the next command, which the fields then say, and lives through it. */
  next(): void {
    if (this.#made < this.#terms.fill) this.#placeGtc()
    else this.#choose()
    this.#apply()
    if (this.#made++ < this.#nextLook) return
    this.#nextLook += this.#lookEvery
    this.#look()
  }

  #look(): void {
    this.#seen = [this.#book.counts[BID], this.#book.counts[ASK]]
  }

  #chooseSide(): number {
    return this.#random.below(4) >= 2 ? BID : ASK
  }

  #choose(): void {
    const { fill, style } = this.#terms
    const half = fill >> 1
    const lack = half - this.#seen[this.#chooseSide() as 0 | 1]
    const isLacking = lack > 0
    const isHurried = !this.#wasFull || lack > Math.min(LOOK_EVERY_MAX, half * 0.75)
    if (!isLacking) this.#wasFull = true
    if (style.mix === 'placesAndCancels') return this.#chooseAmongPlacesAndCancels()
    const draw = this.#random.below(isLacking ? (isHurried ? 2 : 10) : 40)
    if (draw < 2 || this.#live.count === 0) return isLacking ? this.#placeGtc() : this.#placeIoc()
    this.#takeLive()
    if (draw === 2) this.#name(CANCEL, 0)
    else this.#move()
  }

  /** Half places, of which a tenth IOC, the rest cancels and a few moves; a book that is too full gets fewer places. */
  #chooseAmongPlacesAndCancels(): void {
    const draw = this.#random.below(100)
    const isOverfull = this.#seen[BID] + this.#seen[ASK] > this.#terms.fill
    if (this.#live.count === 0 || draw < (isOverfull ? 45 : 60)) {
      return this.#random.below(10) === 0 ? this.#placeIoc() : this.#placeGtc()
    }
    this.#takeLive()
    if (draw < 95) this.#name(CANCEL, 0)
    else this.#move()
  }

  #takeLive(): void {
    this.order = this.#live.pick(this.#random)
    this.side = this.#book.side[this.order]!
    this.user = this.#book.user[this.order]!
  }

  #name(type: number, price: number): void {
    this.type = type
    this.price = price
    this.size = 0
  }

  /** One percent of the way to the last price, so that resting orders drift with the market. */
  #move(): void {
    const price = this.#book.price[this.order]!
    const way = (this.#last - price) * 0.01
    const step =
      price > this.#last
        ? Math.floor(way)
        : price < this.#last
          ? Math.ceil(way)
          : this.#random.below(2) * 2 - 1
    this.#name(MOVE, Math.min(price + step, this.priceMax))
  }

  #begin(type: number): void {
    this.type = type
    this.side = this.#chooseSide()
    this.user = 1 + this.#random.below(this.#terms.users)
    this.order = ++this.#orders
  }

  #drawSize(): number {
    const random = this.#random
    return 1 + random.below(6) * random.below(6) * random.below(6)
  }

  /** Near the last price more often than far from it, and mostly on the order's own side of it. */
  #placeGtc(): void {
    this.#begin(GTC)
    const width = 1 + Math.floor(this.#random.share() ** 2 * this.#deviation)
    let sum = 0
    for (let n = 0; n < 4; n++) sum += this.#random.below(width)
    const offset = Math.trunc(sum / 4) * 2 - width
    const isAbove = offset > 0
    this.price = this.#last + (isAbove === (this.side === ASK) ? offset : -offset)
    this.size = this.#drawSize()
  }

  #placeIoc(): void {
    this.#begin(IOC)
    this.price = this.side === BID ? this.priceMax : this.priceMin
    this.size = this.#drawSize()
  }

  #apply(): void {
    const { order } = this
    if (this.type === CANCEL) return this.#end(order)
    const book = this.#book
    if (this.type === MOVE) book.remove(order)
    else {
      book.user[order] = this.user
      book.side[order] = this.side
      book.leaves[order] = this.size
    }
    book.price[order] = this.price
    const left = book.match(order, this.#trade)
    book.leaves[order] = left
    if (this.type === IOC) {
      if (left > 0) this.#look()
    } else if (left > 0) {
      book.insert(order)
      if (this.type === GTC) this.#live.add(order)
    } else if (this.type === MOVE) this.#live.delete(order)
  }

  #end(order: number): void {
    this.#book.remove(order)
    this.#live.delete(order)
  }

  #trade = (maker: number, isFilled: boolean): void => {
    if (isFilled) this.#live.delete(maker)
    this.#last = Math.min(this.priceMax, Math.max(this.priceMin, this.#book.price[maker]!))
  }
}
