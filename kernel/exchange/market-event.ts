/** What happened in a market, as products' followers are told. */
import type { OrderStatus, OrderType, Side, TimeInForce } from './exchange.ts'

interface Happened {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly marketId: string
}

interface OfOrder extends Happened {
  readonly userId: string
  readonly orderId: string
  readonly clientOrderId: string
}

export interface OrderAccepted extends OfOrder {
  readonly event: 'accepted'
  readonly status: Extract<OrderStatus, 'open' | 'waiting' | 'pending'>
  readonly side: Side
  readonly type: OrderType
  readonly price: string | null
  /** Null for an order by `quoteQuantity`: what it trades is its quantity. */
  readonly quantity: string | null
  readonly quoteQuantity: string | null
  readonly timeInForce: TimeInForce
  readonly isPostOnly: boolean
  readonly displayQuantity: string | null
  readonly triggerPrice: string | null
  readonly trailingBips: number | null
  readonly expiresAt: number | null
  /** Of the list it belongs to. */
  readonly listId: string | null
}

/** A waiting order met its trigger, or a pending one came to life: from now on it is as any other. */
export interface OrderStarted extends OfOrder {
  readonly event: 'triggered' | 'activated'
}

export interface OrderAmended extends OfOrder {
  readonly event: 'amended'
  readonly price: string
  readonly quantity: string
  readonly leavesQuantity: string
}

export interface OrderTraded extends Happened {
  readonly event: 'trade'
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
  /** Null for the asset the payer received. */
  readonly takerFeeAssetId: string | null
  readonly makerFeeAssetId: string | null
}

/** Two orders of one owner met and did not trade; each lost so much of its quantity, perhaps nothing. */
export interface TradePrevented extends Happened {
  readonly event: 'prevented'
  readonly takerOrderId: string
  readonly makerOrderId: string
  readonly takerPrevented: string
  readonly makerPrevented: string
}

export interface OrderEnded extends OfOrder {
  readonly event: 'canceled' | 'expired'
  readonly leavesQuantity: string
  readonly reason: string
}

/** An engine event of one market with decimal strings and platform ids, in sequence order, exactly as it became durable. */
export type MarketEvent =
  OrderAccepted | OrderStarted | OrderAmended | OrderTraded | TradePrevented | OrderEnded
