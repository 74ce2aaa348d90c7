import type { AcceptedEvent, EngineEvent, Outcome, TradeEvent } from '@cambium/engine'
import type { AnsweredSeqs } from './answered.ts'
import type { EngineAccounts } from './accounts.ts'
import { formatDecimal, parseDecimal, shortest } from './decimals.ts'
import { clientOrderIdFor, partKey, toEngineKey } from './engine-key.ts'
import type { EngineLink, KeyedCommand } from './engine-link.ts'
import type { Fill, MarketSpec, OrderStatus, PlacedOrder, PlaceOrder } from './exchange.ts'
import type { MarketRegistry } from './markets.ts'
import { lastSeq, refuseRejected } from './outcome.ts'
import { rejectionRefusal } from './refusals.ts'

export interface OrderDesk {
  place(order: PlaceOrder): Promise<PlacedOrder>
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
}

export interface OrderDeskParts {
  readonly link: EngineLink
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
  readonly answered: AnsweredSeqs
}

export type OrderTerms = Omit<PlaceOrder, 'userId' | 'key'> & {
  readonly time?: number
  /** A limit order to which the market's minimum notional does not apply. */
  readonly isAnyNotional?: boolean
}

export function placeCommand(account: number, order: OrderTerms, key: string): KeyedCommand {
  const {
    marketId: market,
    side,
    quantity,
    type,
    price,
    timeInForce,
    isPostOnly,
    isAnyNotional,
    time,
  } = order
  const id = order.clientOrderId ?? clientOrderIdFor(`${account}:${key}`)
  const sent = { key: toEngineKey(key), ...(time === undefined ? {} : { time }) }
  if (type === 'market') return { op: 'place', market, account, id, side, quantity, type, ...sent }
  return {
    ...{ op: 'place', market, account, id, side, quantity, type },
    timeInForce: timeInForce ?? 'GTC',
    price: price ?? '0',
    ...(isPostOnly ? { postOnly: true } : {}),
    ...(isAnyNotional ? { anyNotional: true } : {}),
    ...sent,
  }
}

function takerFill(trade: TradeEvent, market: MarketSpec): Fill {
  return {
    tradeId: String(trade.seq),
    price: shortest(trade.price),
    quantity: shortest(trade.quantity),
    fee: shortest(trade.takerFee),
    feeAssetId: trade.takerSide === 'buy' ? market.baseAssetId : market.quoteAssetId,
    role: 'taker',
  }
}

function statusOf(events: readonly EngineEvent[], trades: number, leaves: bigint): OrderStatus {
  if (leaves === 0n) return 'filled'
  if (events.some((event) => event.event === 'expired')) return 'expired'
  return trades > 0 ? 'partiallyFilled' : 'open'
}

/** What the order had become when its own command was done. */
export function placedOrder(outcome: Outcome, accepted: AcceptedEvent, market: MarketSpec): PlacedOrder {
  const trades = outcome.events.filter((event) => event.event === 'trade')
  const leaves = parseDecimal(trades.at(-1)?.takerLeaves ?? accepted.quantity)
  return {
    orderId: String(accepted.order),
    clientOrderId: accepted.id,
    status: statusOf(outcome.events, trades.length, leaves),
    filledQuantity: formatDecimal(parseDecimal(accepted.quantity) - leaves),
    leavesQuantity: formatDecimal(leaves),
    fills: trades.map((trade) => takerFill(trade, market)),
    seq: lastSeq(outcome),
    time: new Date(accepted.time).toISOString(),
  }
}

export function createOrderDesk({ link, accounts, markets, answered }: OrderDeskParts): OrderDesk {
  return {
    place: async (order) => {
      const market = await markets.require(order.marketId)
      const outcome = await link.submit(placeCommand(await accounts.open(order.userId), order, order.key))
      await answered.set(order.userId, lastSeq(outcome))
      refuseRejected(outcome, { marketId: order.marketId })
      const [accepted] = outcome.events
      if (accepted?.event !== 'accepted')
        throw new Error(`The engine answered an order with ${accepted?.event}.`)
      return placedOrder(outcome, accepted, market)
    },
    cancel: async ({ userId, marketId, orderId, key }) => {
      const order = Number(orderId)
      if (!Number.isSafeInteger(order) || order < 1) throw rejectionRefusal('order_not_found')({ orderId })
      const account = await accounts.open(userId)
      const command = { op: 'cancel', market: marketId, account, order, key: toEngineKey(key) } as const
      const outcome = await link.submit(command)
      await answered.set(userId, lastSeq(outcome))
      refuseRejected(outcome, { orderId })
      return { seq: lastSeq(outcome) }
    },
    cancelAll: async ({ userId, marketId, key }) => {
      const account = await accounts.open(userId)
      const market = marketId === undefined ? {} : { market: marketId }
      let canceled = 0
      for (let round = 0; ; round += 1) {
        const command = { op: 'cancelAll', account, ...market, key: partKey(key, round) } as const
        const outcome = await link.submit(command)
        await answered.set(userId, lastSeq(outcome))
        refuseRejected(outcome, marketId === undefined ? {} : { marketId })
        const summary = outcome.events.at(-1)
        if (summary?.event !== 'canceledAll')
          throw new Error('The engine did not say how many orders are left.')
        canceled += summary.canceled
        if (summary.left === 0) return { seq: summary.seq, canceled }
      }
    },
  }
}
