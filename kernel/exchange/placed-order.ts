import type { AcceptedEvent, EngineEvent, Outcome, TradeEvent } from '@cambium/engine'
import { formatDecimal, parseDecimal, shortest } from './decimals.ts'
import type { Fill, MarketSpec, OrderStatus, PlacedOrder } from './exchange.ts'
import { lastSeq } from './outcome.ts'

type Market = Pick<MarketSpec, 'baseAssetId' | 'quoteAssetId'>

/** A trade seen from one of its two orders. */
function fillOf(trade: TradeEvent, role: Fill['role'], market: Market): Fill {
  const isTaker = role === 'taker'
  const isBuy = (trade.takerSide === 'buy') === isTaker
  const named = isTaker ? trade.takerFeeAsset : trade.makerFeeAsset
  return {
    tradeId: String(trade.seq),
    price: shortest(trade.price),
    quantity: shortest(trade.quantity),
    fee: shortest(isTaker ? trade.takerFee : trade.makerFee),
    feeAssetId: named ?? (isBuy ? market.baseAssetId : market.quoteAssetId),
    role,
  }
}

/** An order while the events of a command are read. */
interface Course {
  readonly order: number
  readonly fills: Fill[]
  filled: bigint
  leaves: bigint
  status: OrderStatus
}

function traded(course: Course, trade: TradeEvent, market: Market): void {
  const isTaker = trade.takerOrder === course.order
  if (!isTaker && trade.makerOrder !== course.order) return
  course.fills.push(fillOf(trade, isTaker ? 'taker' : 'maker', market))
  course.filled += parseDecimal(trade.quantity)
  course.leaves = parseDecimal(isTaker ? trade.takerLeaves : trade.makerLeaves)
  course.status = course.leaves === 0n ? 'filled' : 'partiallyFilled'
}

function apply(course: Course, event: EngineEvent, market: Market): void {
  if (event.event === 'trade') return traded(course, event, market)
  if (event.event === 'prevented') {
    if (event.takerOrder === course.order) course.leaves -= parseDecimal(event.takerPrevented)
    if (event.makerOrder === course.order) course.leaves -= parseDecimal(event.makerPrevented)
    return
  }
  if (!('order' in event) || event.order !== course.order) return
  if (event.event === 'triggered' || event.event === 'activated') course.status = 'open'
  if (event.event === 'canceled' || event.event === 'expired') {
    course.leaves = parseDecimal(event.leaves)
    // All of its money is spent: nothing that was asked for is missing.
    course.status = event.event === 'expired' && event.reason === 'quote_spent' ? 'filled' : event.event
  }
}

/** An order as the command found it; an amended one begins again with what is left of it. */
type Begun = Pick<AcceptedEvent, 'order' | 'id' | 'time' | 'quantity' | 'status'>

/** What the order had become when its own command was done, whatever that set off. */
export function placedOrder(outcome: Outcome, accepted: Begun, market: Market): PlacedOrder {
  const leaves = parseDecimal(accepted.quantity ?? '0')
  const status = accepted.status ?? 'open'
  const course: Course = { order: accepted.order, fills: [], filled: 0n, leaves, status }
  for (const event of outcome.events) apply(course, event, market)
  return {
    orderId: String(accepted.order),
    clientOrderId: accepted.id,
    status: course.status,
    filledQuantity: formatDecimal(course.filled),
    leavesQuantity: formatDecimal(course.leaves),
    fills: course.fills,
    seq: lastSeq(outcome),
    time: new Date(accepted.time).toISOString(),
  }
}
