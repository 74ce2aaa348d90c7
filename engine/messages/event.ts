/** What the engine says happened. Every event has its own seq, without gaps, so a consumer resumes from any of them. */
import type { Command, ListKind, OrderType, SelfTradePrevention, Side, TimeInForce } from './command.ts'
import type { MarketTerms } from './market.ts'

/** Why a command was refused. The order is the number on the wire: only ever append. */
export const reasons = [
  'none',
  'insufficient_funds',
  'market_not_found',
  'market_halted',
  'market_must_match',
  'market_sizes_must_be_positive',
  'scale_must_match',
  'scale_too_small',
  'assets_must_be_different',
  'price_off_tick',
  'price_out_of_range',
  'quantity_off_lot',
  'quantity_out_of_range',
  'amount_off_scale',
  'amount_must_be_positive',
  'notional_below_min',
  'would_match',
  'post_only_must_be_gtc',
  'duplicate_id',
  'order_not_found',
  'overflow',
  'engine_full',
  'idempotency_conflict',
  'market_cancel_only',
  'market_pre_open',
  'price_below_min',
  'price_above_max',
  'price_out_of_band',
  'trigger_price_off_tick',
  'trigger_price_out_of_range',
  'trailing_out_of_range',
  'would_trigger',
  'no_reference_price',
  'quantity_below_min',
  'quantity_above_max',
  'quantity_below_filled',
  'display_off_lot',
  'display_out_of_range',
  'iceberg_must_be_gtc',
  'iceberg_parts_above_max',
  'notional_above_max',
  'orders_above_max',
  'trigger_orders_above_max',
  'iceberg_orders_above_max',
  'position_above_max',
  'expiry_in_past',
  'self_trade_prevention_not_allowed',
  'order_not_amendable',
  'list_not_found',
  'list_must_fit_kind',
  'list_prices_must_surround_last',
  'accounts_must_be_different',
  'asset_not_found',
] as const

export type Reason = Exclude<(typeof reasons)[number], 'none'>

/** The number a reason has on the wire and in the engine. */
export function codeOf(reason: Reason): number {
  return reasons.indexOf(reason)
}

export const expiryReasons = [
  'immediate_or_cancel',
  'fill_or_kill',
  'no_liquidity',
  'quote_spent',
  'time',
  'self_trade',
  'insufficient_funds',
  'not_activated',
] as const
export const cancelReasons = ['requested', 'cancel_all', 'disconnect', 'list'] as const

/** `open` is on the book, `waiting` for its trigger, `pending` until the first order of its list is filled. */
export type OpenStatus = 'open' | 'waiting' | 'pending'

interface Happened {
  readonly seq: number
  /** Milliseconds since 1970: the time of the command that caused it. */
  readonly time: number
}

export interface MarketEvent extends Happened, MarketTerms {
  readonly event: 'market'
}

export interface TransferInEvent extends Happened {
  readonly event: 'deposited' | 'withdrawn'
  readonly account: number
  readonly asset: string
  readonly amount: string
}

export interface TransferredEvent extends Happened {
  readonly event: 'transferred'
  readonly from: number
  readonly to: number
  readonly asset: string
  readonly amount: string
}

export interface AccountEvent extends Happened {
  readonly event: 'account'
  readonly account: number
  readonly feeTier: number
  readonly tradeGroup: number
  readonly discount: boolean
}

export interface FeeTierEvent extends Happened {
  readonly event: 'feeTier'
  readonly tier: number
  readonly market?: string
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

export interface DiscountEvent extends Happened {
  readonly event: 'discount'
  readonly feeAsset: string
  readonly asset: string
  readonly rate: string
  readonly discountPpm: number
}

export interface GuardedEvent extends Happened {
  readonly event: 'guarded'
  readonly account: number
  readonly session: number
}

interface OrderEvent extends Happened {
  readonly market: string
  readonly account: number
  /** The client's id; `order` is the engine's, the seq of the order's accepted event. */
  readonly id: string
  readonly order: number
  readonly side: Side
}

/** The order passed every check. What follows until the next accepted is its trades and, if it did not rest, its expiry. */
export interface AcceptedEvent extends OrderEvent {
  readonly event: 'accepted'
  readonly type: OrderType
  /** Absent for what is matched at once: it rests, if at all, once it has been. */
  readonly status?: OpenStatus
  readonly timeInForce?: TimeInForce
  readonly postOnly?: true
  readonly price?: string
  /** Absent when the order names a quote quantity. */
  readonly quantity?: string
  readonly quoteQuantity?: string
  readonly displayQuantity?: string
  readonly triggerPrice?: string
  readonly trailingBips?: number
  readonly expiresAt?: number
  readonly selfTradePrevention?: SelfTradePrevention
  /** The number of its list. */
  readonly list?: number
}

/** A waiting order's price was reached by a trade at `price`; what it does then follows. */
export interface TriggeredEvent extends OrderEvent {
  readonly event: 'triggered'
  readonly price: string
}

/** A pending order of a list came to life. */
export interface ActivatedEvent extends OrderEvent {
  readonly event: 'activated'
}

export interface AmendedEvent extends OrderEvent {
  readonly event: 'amended'
  readonly price: string
  readonly quantity: string
  readonly leaves: string
  readonly keepsPriority: boolean
}

export interface TradeEvent extends Happened {
  readonly event: 'trade'
  readonly market: string
  readonly price: string
  readonly quantity: string
  readonly taker: string
  readonly maker: string
  readonly takerOrder: number
  readonly makerOrder: number
  readonly takerAccount: number
  readonly makerAccount: number
  readonly takerSide: Side
  /** In the asset the taker receives, base when it buys and quote when it sells, unless another is named. */
  readonly takerFee: string
  readonly makerFee: string
  readonly takerFeeAsset?: string
  readonly makerFeeAsset?: string
  /** `0` for a taker with a quote quantity. */
  readonly takerLeaves: string
  readonly makerLeaves: string
}

/** Two orders of one owner met and did not trade. `takerPrevented` and `makerPrevented` are what each lost by it. */
export interface PreventedEvent extends Happened {
  readonly event: 'prevented'
  readonly market: string
  readonly price: string
  readonly taker: string
  readonly maker: string
  readonly takerOrder: number
  readonly makerOrder: number
  readonly takerAccount: number
  readonly makerAccount: number
  readonly takerSide: Side
  readonly takerPrevented: string
  readonly makerPrevented: string
}

export interface CanceledEvent extends OrderEvent {
  readonly event: 'canceled'
  /** Absent for an order that has none. */
  readonly price?: string
  readonly leaves: string
  readonly reason: (typeof cancelReasons)[number]
}

export interface ExpiredEvent extends OrderEvent {
  readonly event: 'expired'
  readonly leaves: string
  readonly reason: (typeof expiryReasons)[number]
  /** With `not_activated`: which check it failed. */
  readonly refusal?: Reason
}

/** The last event of a cancelAll. */
export interface CanceledAllEvent extends Happened {
  readonly event: 'canceledAll'
  readonly account: number
  readonly market?: string
  readonly canceled: number
  readonly left: number
}

/** A list began or is over; its number is the seq of the event that began it. */
export interface ListEvent extends Happened {
  readonly event: 'list'
  readonly market: string
  readonly account: number
  readonly id: string
  readonly list: number
  readonly kind: ListKind
  readonly status: 'started' | 'done'
}

/** An uncross found a price; its trades follow. */
export interface UncrossedEvent extends Happened {
  readonly event: 'uncrossed'
  readonly market: string
  readonly price: string
  readonly quantity: string
}

/** The last event of a clock command. */
export interface ClockEvent extends Happened {
  readonly event: 'clock'
  readonly expired: number
  readonly left: number
}

export interface RejectedEvent extends Happened {
  readonly event: 'rejected'
  readonly op: Command['op']
  readonly reason: Reason
  readonly market?: string
  readonly account?: number
  readonly id?: string
  readonly order?: number
  readonly asset?: string
}

export type EngineEvent =
  | MarketEvent
  | TransferInEvent
  | TransferredEvent
  | AccountEvent
  | FeeTierEvent
  | DiscountEvent
  | GuardedEvent
  | AcceptedEvent
  | TriggeredEvent
  | ActivatedEvent
  | AmendedEvent
  | TradeEvent
  | PreventedEvent
  | CanceledEvent
  | ExpiredEvent
  | CanceledAllEvent
  | ListEvent
  | UncrossedEvent
  | ClockEvent
  | RejectedEvent

/** What became of one command: everything it caused, once it is on disk. */
export interface Outcome {
  /** Seq of its first event. */
  readonly seq: number
  readonly events: readonly EngineEvent[]
  /** True when the command's key was known and these are the events of the first time. */
  readonly duplicate: boolean
}
