/** The kernel's link to the engine, as products see it. Prices, quantities and amounts are decimal strings. */
import type { MarketFilters } from '@cambium/engine'
import type { MarketEvent } from './market-event.ts'

export type Side = 'buy' | 'sell'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTD'
/** The last four wait off the book until their trigger: then `stop` and `takeProfit` take, the others are limit orders. */
export type OrderType = 'limit' | 'market' | 'stop' | 'stopLimit' | 'takeProfit' | 'takeProfitLimit'
/** `waiting` for its trigger, `pending` until the first order of its list is filled. */
export type OrderStatus =
  'pending' | 'waiting' | 'open' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired' | 'rejected'
/** What becomes of two orders of one owner that meet; the taker's decides. */
export type SelfTradePrevention = 'none' | 'expireTaker' | 'expireMaker' | 'expireBoth' | 'decrement'

/** `preOpen` collects orders for an auction, `cancelOnly` takes no new ones, `halted` not even cancels. */
export const marketStates = ['preOpen', 'trading', 'cancelOnly', 'halted'] as const
export type MarketState = (typeof marketStates)[number]

/** What orders must keep to, the smallest notional excepted. One that is left out stays as it was; `"0"` and 0 take a limit away. */
export interface MarketRules extends Omit<MarketFilters, 'notionalMin'> {
  /** Of orders that name none; `none` unless said. */
  readonly selfTradePrevention?: SelfTradePrevention
  /** Those an order may name; all unless said. */
  readonly selfTradePreventions?: readonly SelfTradePrevention[]
}

export interface MarketSpec {
  readonly id: string
  readonly baseAssetId: string
  readonly quoteAssetId: string
  readonly tickSize: string
  readonly lotSize: string
  readonly notionalMin: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly state: MarketState
  /** To be given where they are to change; `markets` tells the fees, sizes and state alone. */
  readonly rules?: MarketRules
}

/** What an order says. Which of it belongs to which type is the engine's to check: `exchange.malformed_command`. */
export interface OrderTerms {
  /** Unique among the user's open orders; made from the key unless given. */
  readonly clientOrderId?: string
  readonly side: Side
  readonly type: OrderType
  /** Of every type, except a market order with a `quoteQuantity`. */
  readonly quantity?: string
  /** Of a market order: what it spends or receives at most, in the quote asset. */
  readonly quoteQuantity?: string
  /** Of `limit`, `stopLimit` and `takeProfitLimit`, which also have the next four. */
  readonly price?: string
  /** `GTC` unless said. */
  readonly timeInForce?: TimeInForce
  /** Of a GTD order, milliseconds since the epoch. */
  readonly expiresAt?: number
  /** The book shows only so much of the order at a time. */
  readonly displayQuantity?: string
  readonly isPostOnly?: boolean
  /** Of the types that wait: the price that triggers, or with `trailingBips` the one from which the trail is followed. */
  readonly triggerPrice?: string
  /** Triggers this far behind the best price, in hundredths of a percent. */
  readonly trailingBips?: number
  /** The market's unless said. */
  readonly selfTradePrevention?: SelfTradePrevention
}

export interface PlaceOrder extends OrderTerms {
  readonly userId: string
  readonly marketId: string
  /** Idempotency key, unique per user: a repeat answers as the first time. */
  readonly key: string
}

/** An open order, by the platform's id or by the client's; one of the two. */
export interface OrderName {
  readonly orderId?: string | undefined
  readonly clientOrderId?: string | undefined
}

interface OrderRequest {
  readonly userId: string
  readonly marketId: string
  readonly key: string
}

export type CancelOrder = OrderRequest & OrderName

/** `quantity` is the new whole quantity. A lower one at the same price keeps the order's place. */
export type AmendOrder = OrderRequest & OrderName & { readonly price?: string; readonly quantity?: string }

/** Cancels one order and places another in one step; `allowFailure` places also when there was nothing to cancel. */
export interface ReplaceOrder extends OrderRequest {
  readonly cancel: OrderName
  readonly mode: 'stopOnFailure' | 'allowFailure'
  readonly place: OrderTerms
}

/**
 * Orders that hang together, accepted all or none. `oco`: two, of which one cancels the other. `oto`: the second comes to
 * life when the first is filled. `otoco`: the same with a pair behind the first.
 */
export interface PlaceList extends OrderRequest {
  readonly clientListId?: string
  readonly kind: 'oco' | 'oto' | 'otoco'
  readonly orders: readonly OrderTerms[]
}

export interface Fill {
  readonly tradeId: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly feeAssetId: string
  readonly role: 'maker' | 'taker'
}

/** An order right after its command was made durable. Refusals of the engine are thrown as `exchange.*` refusals. */
export interface PlacedOrder {
  readonly orderId: string
  readonly clientOrderId: string
  readonly status: OrderStatus
  readonly filledQuantity: string
  readonly leavesQuantity: string
  readonly fills: readonly Fill[]
  readonly seq: number
  readonly time: string
}

/** `status`, `filledQuantity` and `fills` tell what the amend itself did. */
export interface AmendedOrder extends PlacedOrder {
  readonly price: string
  readonly quantity: string
  /** False when it lost its place, and may have traded, at the new terms. */
  readonly keepsPriority: boolean
}

/** The half that was done and the refusal's code of the half that was not. */
export interface ReplacedOrder {
  readonly canceled?: { readonly orderId: string; readonly leavesQuantity: string }
  readonly cancelRefusal?: string
  readonly placed?: PlacedOrder
  readonly placeRefusal?: string
  readonly seq: number
}

export interface PlacedList {
  readonly listId: string
  readonly clientListId: string
  /** In the order they were given. */
  readonly orders: readonly PlacedOrder[]
  readonly seq: number
}

/** What a user can trade with, over all engine shards. */
export interface TradingBalance {
  readonly assetId: string
  readonly available: string
  readonly held: string
  /** How much of it each shard has; absent on a platform with one engine. Only a market's own shard pays for its orders. */
  readonly shards?: readonly { readonly shard: string; readonly available: string; readonly held: string }[]
}

export type BookLevel = readonly [price: string, quantity: string]

export interface BookSnapshot {
  readonly seq: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** A trade as everybody may see it. `takerSide` is the side that crossed the spread. */
export interface PublicTrade {
  readonly tradeId: string
  readonly marketId: string
  readonly price: string
  readonly quantity: string
  readonly takerSide: Side
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly time: number
}

export const candleIntervals = ['1m', '5m', '15m', '1h', '4h', '1d'] as const
export type CandleInterval = (typeof candleIntervals)[number]

export interface Candle {
  /** Milliseconds since the epoch, start of the interval. */
  readonly openTime: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  /** In the base asset. */
  readonly volume: string
  /** In the quote asset. */
  readonly quoteVolume: string
  readonly trades: number
}

/** Follows the events from a checkpoint of its own; see `Exchange.follow`. */
export interface Follower {
  /** Names the checkpoints: `spot.orders`, and `spot.orders@euro` for the events of an engine shard called euro. */
  readonly name: string
  /** The last sequence applied under the checkpoint's name, 0 for none yet; read once at the start. */
  checkpoint(checkpointName: string): Promise<number>
  /**
   * Applies a batch (dense in `seq` over all markets of one shard; `lastSeq` may be beyond the last event given) and
   * stores `lastSeq` under the checkpoint's name in the same transaction. When it throws, the same batch comes again.
   * Batches of different shards come side by side.
   */
  apply(events: readonly MarketEvent[], lastSeq: number, checkpointName: string): Promise<void>
}

export interface Exchange {
  /** Creates the market in the engine or alters it; repeating it changes nothing. */
  defineMarket(spec: MarketSpec): Promise<void>
  markets(): Promise<readonly MarketSpec[]>
  place(order: PlaceOrder): Promise<PlacedOrder>
  /** Throws `exchange.order_not_found`. */
  cancel(request: CancelOrder): Promise<{ seq: number }>
  /** Of all markets unless one is named. */
  cancelAll(request: {
    userId: string
    marketId?: string
    key: string
  }): Promise<{ seq: number; canceled: number }>
  amend(request: AmendOrder): Promise<AmendedOrder>
  /** Throws what refused the cancel, unless failure is allowed; once something was done it answers. */
  replace(request: ReplaceOrder): Promise<ReplacedOrder>
  placeList(request: PlaceList): Promise<PlacedList>
  /** Throws `exchange.list_not_found`. */
  cancelList(request: OrderRequest & { readonly clientListId: string }): Promise<{ seq: number }>
  /** Has the engines cancel the user's orders when they lose this node. After an engine was away, ask again. */
  guard(userId: string): Promise<void>
  /**
   * Straight from the engines: true at once after any answered command. With a market, only what its shard has, which
   * is what its orders are paid from.
   */
  balances(userId: string, marketId?: string): Promise<readonly TradingBalance[]>
  depth(marketId: string, limit: number): Promise<BookSnapshot>
  trades(query: { marketId: string; limit: number; beforeSeq?: number }): Promise<readonly PublicTrade[]>
  candles(query: {
    marketId: string
    interval: CandleInterval
    /** Milliseconds, inclusive. */
    from?: number
    /** Milliseconds, exclusive. */
    to?: number
    limit: number
  }): Promise<readonly Candle[]>
  /** Delivers events from the follower's checkpoint on until `signal` aborts. */
  follow(follower: Follower, signal: AbortSignal): Promise<void>
  /** Resolves when the named follower has applied everything this user was answered, on whatever node. */
  readYourWrites(followerName: string, userId: string): Promise<void>
  /** Told live of each market's book changes and trades, in sequence, coalesced per market every 50 ms. */
  onMarketData(marketId: string, listener: (update: MarketDataUpdate) => void, signal: AbortSignal): void
  /** True while a replay or the operator has reserved the market: house makers keep away. */
  isReserved(marketId: string): boolean
  onReservationChange(listener: (marketId: string, isReserved: boolean) => void, signal: AbortSignal): void
  /**
   * A flagged house account by name (`demo-maker`), made on first use and funded where the market's orders are paid from;
   * its user id.
   */
  houseAccount(name: string, funding: Readonly<Record<string, string>>, marketId?: string): Promise<string>
}

/** Absolute quantities at changed levels (`"0"` removes), and trades, between `fromSeq` (exclusive) and `seq`. */
export interface MarketDataUpdate {
  readonly fromSeq: number
  readonly seq: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly trades: readonly PublicTrade[]
}
