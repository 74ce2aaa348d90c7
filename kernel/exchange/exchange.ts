/** The kernel's link to the engine, as products see it. Prices, quantities and amounts are decimal strings. */

export type Side = 'buy' | 'sell'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK'
export type OrderStatus = 'open' | 'partiallyFilled' | 'filled' | 'canceled' | 'expired' | 'rejected'

export interface MarketSpec {
  readonly id: string
  readonly baseAssetId: string
  readonly quoteAssetId: string
  readonly tickSize: string
  readonly lotSize: string
  readonly notionalMin: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly state: 'trading' | 'halted'
}

export interface PlaceOrder {
  readonly userId: string
  readonly marketId: string
  readonly clientOrderId?: string
  readonly side: Side
  readonly type: 'limit' | 'market'
  readonly quantity: string
  readonly price?: string
  readonly timeInForce?: TimeInForce
  readonly isPostOnly?: boolean
  /** Idempotency key, unique per user: a repeat answers as the first time. */
  readonly key: string
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

export interface TradingBalance {
  readonly assetId: string
  readonly available: string
  readonly held: string
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

/** An engine event of one market with decimal strings and platform ids, in sequence order, exactly as it became durable. */
export type MarketEvent =
  | {
      readonly event: 'accepted'
      readonly seq: number
      readonly time: number
      readonly marketId: string
      readonly userId: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly side: Side
      readonly type: 'limit' | 'market'
      readonly price: string | null
      readonly quantity: string
      readonly timeInForce: TimeInForce
      readonly isPostOnly: boolean
    }
  | {
      readonly event: 'trade'
      readonly seq: number
      readonly time: number
      readonly marketId: string
      readonly tradeId: string
      readonly price: string
      readonly quantity: string
      readonly takerSide: Side
      readonly takerOrderId: string
      readonly makerOrderId: string
      readonly takerUserId: string
      readonly makerUserId: string
      readonly takerFee: string
      readonly makerFee: string
    }
  | {
      readonly event: 'canceled' | 'expired'
      readonly seq: number
      readonly time: number
      readonly marketId: string
      readonly userId: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly leavesQuantity: string
      readonly reason: string
    }

/** Follows the events from a checkpoint of its own; see `Exchange.follow`. */
export interface Follower {
  /** Names the checkpoint: `spot.orders`. */
  readonly name: string
  /** The last applied sequence; read once at the start. */
  checkpoint(): Promise<number>
  /**
   * Applies a batch (dense in `seq` over all markets; `lastSeq` may be beyond the last event given) and stores
   * `lastSeq` in the same transaction. When it throws, the same batch comes again.
   */
  apply(events: readonly MarketEvent[], lastSeq: number): Promise<void>
}

export interface Exchange {
  /** Creates the market in the engine or alters it; repeating it changes nothing. */
  defineMarket(spec: MarketSpec): Promise<void>
  markets(): Promise<readonly MarketSpec[]>
  place(order: PlaceOrder): Promise<PlacedOrder>
  /** Throws `exchange.order_not_found`. */
  cancel(request: {
    userId: string
    marketId: string
    orderId: string
    key: string
  }): Promise<{ seq: number }>
  cancelAll(request: {
    userId: string
    marketId?: string
    key: string
  }): Promise<{ seq: number; canceled: number }>
  /** Straight from the engine: true at once after any answered command. */
  balances(userId: string): Promise<readonly TradingBalance[]>
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
  /** A funded, flagged house account by name (`demo-maker`), made on first use; its user id. */
  houseAccount(name: string, funding: Readonly<Record<string, string>>): Promise<string>
}

/** Absolute quantities at changed levels (`"0"` removes), and trades, between `fromSeq` (exclusive) and `seq`. */
export interface MarketDataUpdate {
  readonly fromSeq: number
  readonly seq: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly trades: readonly PublicTrade[]
}
