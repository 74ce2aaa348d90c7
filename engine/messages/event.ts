/** What the engine says happened. Every event has its own seq, without gaps, so a consumer resumes from any of them. */
import type { MarketState, Side, TimeInForce } from './command.ts'

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
] as const

export type Reason = Exclude<(typeof reasons)[number], 'none'>

export const expiryReasons = ['immediate_or_cancel', 'fill_or_kill', 'no_liquidity'] as const
export const cancelReasons = ['requested', 'cancel_all'] as const

interface Happened {
  readonly seq: number
  /** Milliseconds since 1970: the time of the command that caused it. */
  readonly time: number
}

export interface MarketEvent extends Happened {
  readonly event: 'market'
  readonly market: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly lotSize: string
  readonly baseScale: number
  readonly quoteScale: number
  readonly makerFeePpm: number
  readonly takerFeePpm: number
  readonly notionalMin: string
  readonly state: MarketState
}

export interface TransferEvent extends Happened {
  readonly event: 'deposited' | 'withdrawn'
  readonly account: number
  readonly asset: string
  readonly amount: string
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
  readonly type: 'limit' | 'market'
  readonly timeInForce?: TimeInForce
  readonly postOnly?: true
  readonly price?: string
  readonly quantity: string
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
  /** In the asset the taker receives: base when it buys, quote when it sells. */
  readonly takerFee: string
  readonly makerFee: string
  readonly takerLeaves: string
  readonly makerLeaves: string
}

export interface CanceledEvent extends OrderEvent {
  readonly event: 'canceled'
  readonly price: string
  readonly leaves: string
  readonly reason: (typeof cancelReasons)[number]
}

export interface ExpiredEvent extends OrderEvent {
  readonly event: 'expired'
  readonly leaves: string
  readonly reason: (typeof expiryReasons)[number]
}

/** The last event of a cancelAll. */
export interface CanceledAllEvent extends Happened {
  readonly event: 'canceledAll'
  readonly account: number
  readonly market?: string
  readonly canceled: number
  readonly left: number
}

export interface RejectedEvent extends Happened {
  readonly event: 'rejected'
  readonly op: 'market' | 'deposit' | 'withdraw' | 'place' | 'cancel' | 'cancelAll'
  readonly reason: Reason
  readonly market?: string
  readonly account?: number
  readonly id?: string
  readonly order?: number
  readonly asset?: string
}

export type EngineEvent =
  | MarketEvent
  | TransferEvent
  | AcceptedEvent
  | TradeEvent
  | CanceledEvent
  | ExpiredEvent
  | CanceledAllEvent
  | RejectedEvent

/** What became of one command: everything it caused, once it is on disk. */
export interface Outcome {
  /** Seq of its first event. */
  readonly seq: number
  readonly events: readonly EngineEvent[]
  /** True when the command's key was known and these are the events of the first time. */
  readonly duplicate: boolean
}
