import type { AcceptedEvent, CanceledEvent, EngineEvent, TradeEvent } from '@cambium/engine'
import { BookSide } from './book-side.ts'
import { formatDecimal, parseDecimal } from './decimals.ts'
import type { BookLevel, BookSnapshot, PublicTrade, Side } from './exchange.ts'
import { publicTrade } from './public-trade.ts'

interface Arriving {
  readonly order: number
  readonly side: Side
  readonly price: bigint
  leaves: bigint
}

export interface MirrorChanges {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly trades: readonly PublicTrade[]
}

/** A market's book by levels, kept from a snapshot and the events after it. */
export class BookMirror {
  readonly #bids = new BookSide(true)
  readonly #asks = new BookSide(false)
  readonly #changed = { buy: new Set<bigint>(), sell: new Set<bigint>() }
  #trades: PublicTrade[] = []
  /** An order that was accepted and may still trade before it rests. */
  #arriving: Arriving | undefined
  /** The last event that is in this book, whatever market it was of. */
  seq: number

  constructor({ seq, bids, asks }: BookSnapshot) {
    this.seq = seq
    for (const [price, quantity] of bids) this.#bids.add(parseDecimal(price), parseDecimal(quantity))
    for (const [price, quantity] of asks) this.#asks.add(parseDecimal(price), parseDecimal(quantity))
  }

  /** Takes the next event of this market. */
  apply(event: EngineEvent): void {
    if (event.seq <= this.seq) return
    this.seq = event.seq
    if (event.event === 'accepted') this.#accept(event)
    else if (event.event === 'trade') this.#trade(event)
    else if (event.event === 'canceled') this.#cancel(event)
    else if (event.event === 'expired' && this.#arriving?.order === event.order) this.#arriving = undefined
  }

  #side(side: Side): BookSide {
    return side === 'buy' ? this.#bids : this.#asks
  }

  #change(side: Side, price: bigint, quantity: bigint): void {
    this.#side(side).add(price, quantity)
    this.#changed[side].add(price)
  }

  #accept({ order, side, type, price, quantity, timeInForce }: AcceptedEvent): void {
    if (type === 'market' || timeInForce !== 'GTC' || price === undefined) return
    this.#arriving = { order, side, price: parseDecimal(price), leaves: parseDecimal(quantity) }
    this.#restWhenDone()
  }

  /** An order that still crosses the other side has trades to come, which may be in the next batch. */
  #restWhenDone(): void {
    const arriving = this.#arriving
    if (!arriving) return
    const { side, price, leaves } = arriving
    const best = this.#side(side === 'buy' ? 'sell' : 'buy').best
    const isCrossing = best !== undefined && (side === 'buy' ? price >= best : price <= best)
    if (leaves > 0n && isCrossing) return
    this.#arriving = undefined
    if (leaves > 0n) this.#change(side, price, leaves)
  }

  #trade(event: TradeEvent): void {
    const makerSide = event.takerSide === 'buy' ? 'sell' : 'buy'
    this.#change(makerSide, parseDecimal(event.price), -parseDecimal(event.quantity))
    this.#trades.push(publicTrade(event))
    if (this.#arriving?.order !== event.takerOrder) return
    this.#arriving.leaves = parseDecimal(event.takerLeaves)
    this.#restWhenDone()
  }

  #cancel({ side, price, leaves }: CanceledEvent): void {
    this.#change(side, parseDecimal(price), -parseDecimal(leaves))
  }

  snapshot(limit: number): BookSnapshot {
    return { seq: this.seq, bids: this.#bids.levels(limit), asks: this.#asks.levels(limit) }
  }

  /** What changed since the last time this was asked, as absolute quantities; undefined when nothing did. */
  takeChanges(): MirrorChanges | undefined {
    const { buy, sell } = this.#changed
    if (buy.size + sell.size + this.#trades.length === 0) return undefined
    const changes = { bids: levels(this.#bids, buy), asks: levels(this.#asks, sell), trades: this.#trades }
    buy.clear()
    sell.clear()
    this.#trades = []
    return changes
  }
}

function levels(side: BookSide, prices: ReadonlySet<bigint>): BookLevel[] {
  return [...prices].map((price) => [formatDecimal(price), formatDecimal(side.quantityAt(price))])
}
