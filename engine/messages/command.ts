/** What can be asked of the engine, in the words of the NDJSON format. */

export type Side = 'buy' | 'sell'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTD'
/** `preOpen` collects orders for an uncross, `cancelOnly` takes no new ones, `halted` lets nothing of them change. */
export type MarketState = 'preOpen' | 'trading' | 'cancelOnly' | 'halted'
/** What happens when an order meets one of its own account or trade group. The taker's mode decides. */
export type SelfTradePrevention = 'none' | 'expireTaker' | 'expireMaker' | 'expireBoth' | 'decrement'
export type TriggerType = 'stop' | 'stopLimit' | 'takeProfit' | 'takeProfitLimit'
export type OrderType = 'limit' | 'market' | TriggerType

interface Sent {
  /** Idempotency key, 1 to 64 printable ASCII characters, private to the command's account. */
  readonly key?: string
  /** Milliseconds since 1970. Without it the engine's process stamps the command when it arrives. */
  readonly time?: number
}

/** What an order must keep to in one market. A filter that is absent or zero is off. */
export interface MarketFilters {
  readonly priceMin?: string
  readonly priceMax?: string
  readonly quantityMin?: string
  readonly quantityMax?: string
  /** Of orders that take at any price, in place of the two above. */
  readonly marketQuantityMin?: string
  readonly marketQuantityMax?: string
  readonly notionalMin?: string
  readonly notionalMax?: string
  /** How far above the last price a buy, and below it a sell, may be priced. */
  readonly bandUpPpm?: number
  readonly bandDownPpm?: number
  /** Per account: orders open, waiting and pending; those waiting for a trigger; icebergs. */
  readonly ordersMax?: number
  readonly triggerOrdersMax?: number
  readonly icebergOrdersMax?: number
  readonly icebergPartsMax?: number
  readonly trailingBipsMin?: number
  readonly trailingBipsMax?: number
  /** Of the base asset: what an account has and what its open buys would add. */
  readonly positionMax?: string
}

/** Creates a market, or alters its fees, filters and state; its assets, sizes and scales are for life. */
export interface MarketCommand extends Sent, MarketFilters {
  readonly op: 'market'
  readonly market: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly lotSize: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly baseScale?: number
  readonly quoteScale?: number
  readonly state?: MarketState
  /** For orders that name none; `none` unless said. */
  readonly selfTradePrevention?: SelfTradePrevention
  /** Those an order may name; all unless said. */
  readonly selfTradePreventions?: readonly SelfTradePrevention[]
}

export interface TransferInCommand extends Sent {
  readonly op: 'deposit' | 'withdraw'
  readonly account: number
  readonly asset: string
  readonly amount: string
  /** Deposits only: the decimals the asset has in the engine for life, for one that no market has named yet. */
  readonly scale?: number
}

/** Between two accounts of this engine. Its key belongs to `from`. */
export interface TransferCommand extends Sent {
  readonly op: 'transfer'
  readonly from: number
  readonly to: number
  readonly asset: string
  readonly amount: string
}

/** Replaces what it names of an account's settings and leaves the rest. */
export interface AccountCommand extends Sent {
  readonly op: 'account'
  readonly account: number
  /** 0 has each market's own fees. */
  readonly feeTier?: number
  /** Accounts of one group, other than 0, are one person to self-trade prevention. */
  readonly tradeGroup?: number
  /** Pay fees in the discount asset while there is enough of it. */
  readonly discount?: boolean
}

/** The fees of a tier, in one market or in every market that has none of its own for it. */
export interface FeeTierCommand extends Sent {
  readonly op: 'feeTier'
  readonly tier: number
  readonly market?: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

/** One unit of a fee in `feeAsset` may be paid as `rate` units of `asset`, less the discount. Rate `0` ends that. */
export interface DiscountCommand extends Sent {
  readonly op: 'discount'
  readonly feeAsset: string
  readonly asset: string
  readonly rate: string
  readonly discountPpm: number
}

/** Ties an account's orders to a connection of the engine's process: they are canceled when it ends. Session 0 unties. */
export interface GuardCommand extends Sent {
  readonly op: 'guard'
  readonly account: number
  readonly session: number
}

/** What every order says, in a list or alone. */
interface OrderTerms {
  /** The client's order id, 1 to 36 printable ASCII characters, unique among the account's open orders. */
  readonly id: string
  readonly side: Side
  readonly selfTradePrevention?: SelfTradePrevention
}

interface Resting {
  readonly price: string
  readonly timeInForce: TimeInForce
  /** Of a GTD order, milliseconds since 1970. */
  readonly expiresAt?: number
  /** Makes it an iceberg: the book shows this much of it at a time. */
  readonly displayQuantity?: string
}

interface Triggered {
  /** With `trailingBips` the price from which the trail is followed, else the one that triggers. */
  readonly triggerPrice?: string
  /** Follows the best price at this distance, in hundredths of a percent. */
  readonly trailingBips?: number
}

export interface LimitTerms extends OrderTerms, Resting {
  readonly type: 'limit'
  readonly quantity: string
  readonly postOnly?: boolean
  /** The market's notional filters do not apply: a recorded market holds orders of any size. */
  readonly anyNotional?: boolean
}

/** One of the two quantities. `quoteQuantity` is spent, or received, as nearly as whole lots allow and never exceeded. */
export interface MarketTermsOfOrder extends OrderTerms {
  readonly type: 'market'
  readonly quantity?: string
  readonly quoteQuantity?: string
}

export interface StopTerms extends OrderTerms, Triggered {
  readonly type: 'stop' | 'takeProfit'
  readonly quantity: string
}

export interface StopLimitTerms extends OrderTerms, Triggered, Resting {
  readonly type: 'stopLimit' | 'takeProfitLimit'
  readonly quantity: string
}

export type PlaceTerms = LimitTerms | MarketTermsOfOrder | StopTerms | StopLimitTerms

interface OfMarket extends Sent {
  readonly market: string
  readonly account: number
}

export type PlaceCommand = OfMarket & { readonly op: 'place' } & PlaceTerms

export type ListKind = 'oco' | 'oto' | 'otoco'

/** Orders that hang together: all are accepted or none. `id` is the list's own, unique among the account's open lists. */
export interface PlaceListCommand extends OfMarket {
  readonly op: 'placeList'
  readonly id: string
  readonly kind: ListKind
  readonly orders: readonly PlaceTerms[]
}

export interface CancelListCommand extends OfMarket {
  readonly op: 'cancelList'
  readonly id: string
}

/** An order by the client's `id`, or by the number the engine gave it; one of the two. */
export interface OrderName {
  readonly id?: string
  readonly order?: number
}

export interface CancelCommand extends OfMarket, OrderName {
  readonly op: 'cancel'
}

/** `quantity` is the new whole quantity. A lower one at the same price keeps the order's place in its level. */
export interface AmendCommand extends OfMarket, OrderName {
  readonly op: 'amend'
  readonly price?: string
  readonly quantity?: string
}

/** Cancels one order and places another in one step. */
export interface ReplaceCommand extends OfMarket {
  readonly op: 'replace'
  readonly cancel: OrderName
  /** Whether the new order is placed although the old one could not be canceled. */
  readonly mode: 'stopOnFailure' | 'allowFailure'
  readonly place: PlaceTerms
}

/** Cancels up to 1,000 orders of an account and says in its last event how many are left: repeat until none is. */
export interface CancelAllCommand extends Sent {
  readonly op: 'cancelAll'
  readonly account: number
  readonly market?: string
  /** What the canceled events say; `cancel_all` unless said. */
  readonly reason?: 'cancel_all' | 'disconnect'
}

/** Expires up to 1,000 orders whose time has come. The engine's process sends it; time is a command like any other. */
export interface ClockCommand extends Sent {
  readonly op: 'clock'
  readonly time: number
}

export type Command =
  | MarketCommand
  | TransferInCommand
  | TransferCommand
  | AccountCommand
  | FeeTierCommand
  | DiscountCommand
  | GuardCommand
  | PlaceCommand
  | PlaceListCommand
  | CancelCommand
  | CancelListCommand
  | AmendCommand
  | ReplaceCommand
  | CancelAllCommand
  | ClockCommand
