import type {
  AcceptedEvent,
  AmendedEvent,
  EngineEvent,
  OpenOrder,
  OrderType,
  TradeEvent,
} from '@cambium/engine'
import { BookSide } from './book-side.ts'
import { formatDecimal, parseDecimal } from './decimals.ts'
import type { BookLevel, BookSnapshot, PublicTrade, Side } from './exchange.ts'
import { publicTrade } from './public-trade.ts'

/** An order that is on the book or may yet come to it. */
interface MirroredOrder {
  readonly side: Side
  readonly type: OrderType
  /** Undefined for those that take at any price and so never rest. */
  price: bigint | undefined
  leaves: bigint
  /** Of an iceberg: how much it shows at a time. */
  readonly display: bigint | undefined
  /** What its level has of it: 0 while it waits, arrives or is pending. */
  shown: bigint
}

export interface MirrorChanges {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly trades: readonly PublicTrade[]
}

const restingTypes: ReadonlySet<OrderType> = new Set(['limit', 'stopLimit', 'takeProfitLimit'])

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right
}

function optional(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : parseDecimal(text)
}

/** A market's book by levels, kept from its open orders at one seq and the events after it. */
export class BookMirror {
  readonly #bids = new BookSide(true)
  readonly #asks = new BookSide(false)
  readonly #changed = { buy: new Set<bigint>(), sell: new Set<bigint>() }
  readonly #orders = new Map<number, MirroredOrder>()
  #trades: PublicTrade[] = []
  /** An order that takes what it can now, and rests with what is left once its command's events end or another's begin. */
  #arriving: number | undefined
  /** The last event that is in this book, whatever market it was of. */
  seq: number

  constructor({ seq, orders }: { readonly seq: number; readonly orders: readonly OpenOrder[] }) {
    this.seq = seq
    for (const { order, side, type, price, leaves, displayQuantity, shown, status } of orders) {
      const terms = { side, type, price: optional(price), display: optional(displayQuantity) }
      const mirrored = { ...terms, leaves: parseDecimal(leaves), shown: 0n }
      this.#orders.set(order, mirrored)
      if (status === 'open') this.#show(mirrored, parseDecimal(shown ?? leaves))
    }
    this.takeChanges()
  }

  /** Takes the next event of this market. */
  apply(event: EngineEvent): void {
    if (event.seq <= this.seq) return
    this.seq = event.seq
    switch (event.event) {
      case 'accepted':
        return this.#accept(event)
      case 'triggered':
        return this.#arrive(event.order)
      case 'activated':
        // One that waits for a trigger goes on waiting.
        if (!this.#isWaiting(event.order)) this.#arrive(event.order)
        return
      case 'amended':
        return this.#amend(event)
      case 'trade':
        return this.#trade(event)
      case 'prevented':
        this.#lose(event.takerOrder, parseDecimal(event.takerPrevented))
        return this.#lose(event.makerOrder, parseDecimal(event.makerPrevented))
      case 'canceled':
      case 'expired':
        return this.#end(event.order)
      default:
    }
  }

  /** To be called after the last event of a command: what arrived and is left rests now. */
  settle(): void {
    const order = this.#arriving === undefined ? undefined : this.#orders.get(this.#arriving)
    this.#arriving = undefined
    if (order) this.#show(order, least(order.display ?? order.leaves, order.leaves))
  }

  #side(side: Side): BookSide {
    return side === 'buy' ? this.#bids : this.#asks
  }

  #show(order: MirroredOrder, shown: bigint): void {
    const { side, price } = order
    if (price === undefined || shown === order.shown) return
    this.#side(side).add(price, shown - order.shown)
    this.#changed[side].add(price)
    order.shown = shown
  }

  #isWaiting(order: number): boolean {
    const type = this.#orders.get(order)?.type
    return type !== undefined && type !== 'limit' && type !== 'market'
  }

  #arrive(order: number): void {
    this.settle()
    if (this.#orders.get(order)?.price !== undefined) this.#arriving = order
  }

  #accept({ order, side, type, status, price, quantity, displayQuantity, timeInForce }: AcceptedEvent): void {
    this.settle()
    const rests = restingTypes.has(type) && (timeInForce === 'GTC' || timeInForce === 'GTD')
    // What is matched at once and never rests has no place here, and what comes later may still be asked for by number.
    if (!rests && status === undefined) return
    const terms = {
      side,
      type,
      price: rests ? optional(price) : undefined,
      display: optional(displayQuantity),
    }
    this.#orders.set(order, { ...terms, leaves: optional(quantity) ?? 0n, shown: 0n })
    if (status === undefined || status === 'open') this.#arriving = order
    if (status === 'open') this.settle()
  }

  #amend({ order: number, price, leaves, keepsPriority }: AmendedEvent): void {
    const order = this.#orders.get(number)
    if (!order) return
    order.leaves = parseDecimal(leaves)
    if (keepsPriority) return this.#show(order, least(order.shown, order.leaves))
    this.#show(order, 0n)
    order.price = parseDecimal(price)
    this.#arrive(number)
  }

  #trade(event: TradeEvent): void {
    const quantity = parseDecimal(event.quantity)
    this.#lose(event.makerOrder, quantity)
    this.#lose(event.takerOrder, quantity)
    this.#trades.push(publicTrade(event))
  }

  /** A part that is used up is followed by the next one; an order that is not on the book only gets smaller. */
  #lose(number: number, quantity: bigint): void {
    const order = this.#orders.get(number)
    if (!order || quantity === 0n) return
    order.leaves -= quantity
    if (order.shown > 0n) {
      const next = least(order.display ?? order.leaves, order.leaves)
      this.#show(order, quantity < order.shown ? order.shown - quantity : next)
    }
    if (order.leaves === 0n) this.#end(number)
  }

  #end(number: number): void {
    const order = this.#orders.get(number)
    if (order) this.#show(order, 0n)
    this.#orders.delete(number)
    if (this.#arriving === number) this.#arriving = undefined
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
