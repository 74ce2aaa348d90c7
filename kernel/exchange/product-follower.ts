import type { EngineEvent } from '@cambium/engine'
import type { EngineAccounts } from './accounts.ts'
import { shortest } from './decimals.ts'
import type { Follower, MarketEvent } from './exchange.ts'
import { runFollower, type LoopParts } from './follower-loop.ts'

/** An engine event as products see it; undefined for those that are no market's. */
export async function toMarketEvent(
  event: EngineEvent,
  accounts: EngineAccounts,
): Promise<MarketEvent | undefined> {
  switch (event.event) {
    case 'accepted': {
      const { seq, time, market, account, order, id, side, type, price, quantity, timeInForce, postOnly } =
        event
      return {
        ...{ event: 'accepted', seq, time, marketId: market, userId: await accounts.userOf(account) },
        ...{ orderId: String(order), clientOrderId: id, side, type, quantity: shortest(quantity) },
        price: price === undefined ? null : shortest(price),
        timeInForce: timeInForce ?? 'IOC',
        isPostOnly: postOnly ?? false,
      }
    }
    case 'trade': {
      const { seq, time, market, price, quantity, takerSide, takerFee, makerFee } = event
      return {
        ...{ event: 'trade', seq, time, marketId: market, tradeId: String(seq), takerSide },
        ...{ price: shortest(price), quantity: shortest(quantity) },
        ...{ takerOrderId: String(event.takerOrder), makerOrderId: String(event.makerOrder) },
        takerUserId: await accounts.userOf(event.takerAccount),
        makerUserId: await accounts.userOf(event.makerAccount),
        ...{ takerFee: shortest(takerFee), makerFee: shortest(makerFee) },
      }
    }
    case 'canceled':
    case 'expired': {
      const { seq, time, market, account, order, id, leaves, reason } = event
      return {
        ...{ event: event.event, seq, time, marketId: market, userId: await accounts.userOf(account) },
        ...{ orderId: String(order), clientOrderId: id, leavesQuantity: shortest(leaves), reason },
      }
    }
    default:
      return undefined
  }
}

/** Runs a product's follower; its checkpoint is its own table's. */
export function followMarkets(
  parts: LoopParts & { readonly accounts: EngineAccounts },
  follower: Follower,
  signal: AbortSignal,
): Promise<void> {
  const apply = async (events: readonly EngineEvent[]): Promise<void> => {
    const translated: MarketEvent[] = []
    for (const event of events) {
      const marketEvent = await toMarketEvent(event, parts.accounts)
      if (marketEvent) translated.push(marketEvent)
    }
    await follower.apply(translated, events.at(-1)?.seq ?? 0)
  }
  return runFollower(parts, { name: follower.name, checkpoint: () => follower.checkpoint(), apply }, signal)
}
