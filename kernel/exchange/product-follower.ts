import type { AcceptedEvent, EngineEvent, TradeEvent } from '@cambium/engine'
import type { EngineAccounts } from './accounts.ts'
import { shortest } from './decimals.ts'
import type { Follower } from './exchange.ts'
import { runFollower, type LoopParts } from './follower-loop.ts'
import type { MarketEvent, OrderAccepted, OrderTraded } from './market-event.ts'
import type { Shards } from './shards.ts'

type OrderEvent = Extract<EngineEvent, { readonly order: number; readonly side: unknown }>
type Accounts = Pick<EngineAccounts, 'userOf'>

function shortestOr(text: string | undefined): string | null {
  return text === undefined ? null : shortest(text)
}

async function ofOrder({ seq, time, market, account, order, id }: OrderEvent, accounts: Accounts) {
  const userId = await accounts.userOf(account)
  return { seq, time, marketId: market, userId, orderId: String(order), clientOrderId: id }
}

async function accepted(event: AcceptedEvent, accounts: Accounts): Promise<OrderAccepted> {
  const { side, type, status = 'open', timeInForce = 'IOC', postOnly = false } = event
  return {
    event: 'accepted',
    ...(await ofOrder(event, accounts)),
    side,
    type,
    status,
    timeInForce,
    isPostOnly: postOnly,
    price: shortestOr(event.price),
    quantity: shortestOr(event.quantity),
    quoteQuantity: shortestOr(event.quoteQuantity),
    displayQuantity: shortestOr(event.displayQuantity),
    triggerPrice: shortestOr(event.triggerPrice),
    trailingBips: event.trailingBips ?? null,
    expiresAt: event.expiresAt ?? null,
    listId: event.list === undefined ? null : String(event.list),
  }
}

async function traded(event: TradeEvent, accounts: Accounts): Promise<OrderTraded> {
  const { seq, time, market, price, quantity, takerSide, takerFee, makerFee } = event
  return {
    event: 'trade',
    seq,
    time,
    marketId: market,
    tradeId: String(seq),
    takerSide,
    price: shortest(price),
    quantity: shortest(quantity),
    takerOrderId: String(event.takerOrder),
    makerOrderId: String(event.makerOrder),
    takerUserId: await accounts.userOf(event.takerAccount),
    makerUserId: await accounts.userOf(event.makerAccount),
    takerFee: shortest(takerFee),
    makerFee: shortest(makerFee),
    takerFeeAssetId: event.takerFeeAsset ?? null,
    makerFeeAssetId: event.makerFeeAsset ?? null,
  }
}

/** An engine event as products see it; undefined for those that concern no order of a market. */
export async function toMarketEvent(
  event: EngineEvent,
  accounts: Accounts,
): Promise<MarketEvent | undefined> {
  switch (event.event) {
    case 'accepted':
      return accepted(event, accounts)
    case 'trade':
      return traded(event, accounts)
    case 'triggered':
    case 'activated':
      return { event: event.event, ...(await ofOrder(event, accounts)) }
    case 'amended': {
      const { price, quantity, leaves } = event
      const terms = { price: shortest(price), quantity: shortest(quantity), leavesQuantity: shortest(leaves) }
      return { event: 'amended', ...(await ofOrder(event, accounts)), ...terms }
    }
    case 'prevented': {
      const { seq, time, market, takerOrder, makerOrder, takerPrevented, makerPrevented } = event
      const orders = { takerOrderId: String(takerOrder), makerOrderId: String(makerOrder) }
      const lost = { takerPrevented: shortest(takerPrevented), makerPrevented: shortest(makerPrevented) }
      return { event: 'prevented', seq, time, marketId: market, ...orders, ...lost }
    }
    case 'canceled':
    case 'expired': {
      const { leaves, reason } = event
      return {
        event: event.event,
        ...(await ofOrder(event, accounts)),
        leavesQuantity: shortest(leaves),
        reason,
      }
    }
    default:
      return undefined
  }
}

/** Runs a product's follower behind every engine; the checkpoints are in its own table. */
export async function followMarkets(
  parts: Omit<LoopParts, 'shard'> & { readonly shards: Shards; readonly accounts: EngineAccounts },
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  const { shards, accounts } = parts
  await Promise.all(
    shards.all.map((shard) => {
      const name = shard.own(follower.name)
      const apply = async (events: readonly EngineEvent[]): Promise<void> => {
        const translated: MarketEvent[] = []
        for (const event of events) {
          const marketEvent = await toMarketEvent(event, accounts)
          if (marketEvent) translated.push(marketEvent)
        }
        await follower.apply(translated, events.at(-1)?.seq ?? 0, name)
      }
      return runFollower(
        { ...parts, shard },
        { name, checkpoint: () => follower.checkpoint(name), apply },
        signal,
      )
    }),
  )
}
