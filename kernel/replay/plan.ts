import type { Side } from '../exchange/exchange.ts'
import { createLevelBook, type LevelBook, type LevelSide } from './level-book.ts'
import type { RecordedLevel, RecordedStep } from './recording.ts'

/** Who acts: the house account that is the recorded book, or the one that takes the recorded trades. */
export type ReplayRole = 'book' | 'taker'

/** One command for the market. Prices and quantities are units of 10⁻⁸. */
export type ReplayOperation =
  | {
      readonly op: 'place'
      readonly role: ReplayRole
      readonly line: number
      readonly time: number
      readonly orderId: string
      readonly side: Side
      readonly price: bigint
      readonly quantity: bigint
    }
  | {
      readonly op: 'cancel'
      readonly role: 'book'
      readonly line: number
      readonly time: number
      readonly orderId: string
    }

interface HouseOrder {
  readonly orderId: string
  leaves: bigint
}

/**
 * Turns a recording into commands, one recorded step at a time, so that after each diff the house book equals the recorded
 * one. Between diffs a trade may need a level that the recording shows only later: such levels are cleared or topped up just
 * before the trade, remembered, and set right by the next diff.
 */
export class ReplayPlan {
  /** The book as the recording says it is. */
  readonly recorded: LevelBook = createLevelBook()
  /** The book as the house's orders make it. */
  readonly placed: LevelBook = createLevelBook()
  readonly #orders: Record<Side, Map<bigint, HouseOrder>> = { buy: new Map(), sell: new Map() }
  readonly #deviating: Record<Side, Set<bigint>> = { buy: new Set(), sell: new Set() }
  readonly #prefix: string
  #snapshotId: number | undefined
  readonly #earlyDiffs: RecordedStep[] = []
  #operations: ReplayOperation[] = []
  #ordinal = 0
  #line = 0
  #time = 0

  /** `prefix` makes the client order ids of this run its own. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The commands for the next step of the recording, in order. */
  next(step: RecordedStep): ReplayOperation[] {
    this.#operations = []
    this.#line = step.line
    if (step.kind !== 'snapshot') this.#time = step.time
    switch (step.kind) {
      case 'snapshot':
        this.#takeSnapshot(step)
        break
      case 'diff':
        if (this.#snapshotId === undefined) this.#earlyDiffs.push(step)
        else if (step.lastUpdateId > this.#snapshotId) this.#applyDiff(step.bids, step.asks)
        break
      case 'trade':
        this.#trade(step.takerSide, step.price, step.quantity)
        break
    }
    return this.#operations
  }

  /** The commands that make the book equal to the last diff again, after trades that came behind it. */
  finish(): ReplayOperation[] {
    this.#operations = []
    this.#settleDeviations()
    return this.#operations
  }

  #takeSnapshot(step: RecordedStep & { kind: 'snapshot' }): void {
    if (this.#snapshotId !== undefined) return
    this.#snapshotId = step.lastUpdateId
    this.#record(step.bids, step.asks)
    for (const diff of this.#earlyDiffs) {
      if (diff.kind === 'diff' && diff.lastUpdateId > step.lastUpdateId) this.#record(diff.bids, diff.asks)
    }
    for (const side of ['buy', 'sell'] as const) {
      for (const price of this.placed[side].levels().keys()) this.#deviating[side].add(price)
      for (const price of this.recorded[side].levels().keys()) this.#deviating[side].add(price)
    }
    this.#settleDeviations()
  }

  #applyDiff(bids: readonly RecordedLevel[], asks: readonly RecordedLevel[]): void {
    this.#record(bids, asks)
    for (const [price] of bids) this.#deviating.buy.add(price)
    for (const [price] of asks) this.#deviating.sell.add(price)
    this.#settleDeviations()
  }

  #record(bids: readonly RecordedLevel[], asks: readonly RecordedLevel[]): void {
    for (const [price, quantity] of bids) this.recorded.buy.set(price, quantity)
    for (const [price, quantity] of asks) this.recorded.sell.set(price, quantity)
  }

  /** Brings every touched level to its recorded quantity: all that shrinks first, so that nothing crosses on the way. */
  #settleDeviations(): void {
    const grown: [LevelSide, bigint][] = []
    for (const side of ['buy', 'sell'] as const) {
      for (const price of this.#deviating[side]) {
        const recorded = this.recorded[side].quantity(price)
        const placed = this.placed[side].quantity(price)
        if (recorded === placed) continue
        if (placed > 0n) this.#clear(side, price)
        if (recorded > 0n) grown.push([this.recorded[side], price])
      }
      this.#deviating[side].clear()
    }
    for (const [level, price] of grown) this.#fill(level.side, price, level.quantity(price))
  }

  #trade(takerSide: Side, price: bigint, quantity: bigint): void {
    const makerSide: Side = takerSide === 'buy' ? 'sell' : 'buy'
    for (const better of this.placed[makerSide].betterThan(price)) this.#clear(makerSide, better)
    for (const crossed of this.placed[takerSide].crossedBy(price)) this.#clear(takerSide, crossed)
    // One order must meet the whole trade, or it would print in parts.
    const placed = this.placed[makerSide].quantity(price)
    if (placed < quantity) {
      if (placed > 0n) this.#clear(makerSide, price)
      this.#fill(makerSide, price, quantity)
    }
    const maker = this.#orders[makerSide].get(price) as HouseOrder
    this.#push({ op: 'place', role: 'taker', side: takerSide, price, quantity })
    maker.leaves -= quantity
    if (maker.leaves === 0n) this.#orders[makerSide].delete(price)
    this.placed[makerSide].set(price, maker.leaves)
    this.#deviating[makerSide].add(price)
  }

  #fill(side: Side, price: bigint, quantity: bigint): void {
    const orderId = this.#push({ op: 'place', role: 'book', side, price, quantity })
    this.#orders[side].set(price, { orderId, leaves: quantity })
    this.placed[side].set(price, quantity)
  }

  #clear(side: Side, price: bigint): void {
    const order = this.#orders[side].get(price) as HouseOrder
    const place = { op: 'cancel', role: 'book', line: this.#line, time: this.#time } as const
    this.#operations.push({ ...place, orderId: order.orderId })
    this.#orders[side].delete(price)
    this.placed[side].set(price, 0n)
    this.#deviating[side].add(price)
  }

  #push(order: { op: 'place'; role: ReplayRole; side: Side; price: bigint; quantity: bigint }): string {
    this.#ordinal += 1
    const orderId = `${this.#prefix}-${this.#ordinal}`
    this.#operations.push({ ...order, orderId, line: this.#line, time: this.#time })
    return orderId
  }
}
