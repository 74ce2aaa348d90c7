import type { AcceptedEvent, Outcome } from '@cambium/engine'
import type { AnsweredSeqs } from './answered.ts'
import type { EngineAccounts } from './accounts.ts'
import { parseDecimal, shortest } from './decimals.ts'
import { partKey, toEngineKey } from './engine-key.ts'
import type { KeyedCommand } from './engine-link.ts'
import type { AmendedOrder, CancelOrder, Exchange, PlaceOrder } from './exchange.ts'
import type { MarketRegistry } from './markets.ts'
import { engineName, placeCommand } from './order-command.ts'
import { lastSeq, refuseRejected } from './outcome.ts'
import { placedOrder } from './placed-order.ts'
import { exchangeRefusals } from './refusals.ts'
import type { Shard, Shards } from './shards.ts'

export type OrderDesk = Pick<Exchange, 'place' | 'cancel' | 'cancelAll' | 'amend'>

export interface OrderDeskParts {
  readonly shards: Shards
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
  readonly answered: AnsweredSeqs
}

/** Who asks for what where, as every command about a market begins. */
export interface Asked {
  readonly userId: string
  readonly account: number
  readonly shard: Shard
}

export async function ask(
  { markets, accounts }: OrderDeskParts,
  { userId, marketId }: { userId: string; marketId: string },
): Promise<Asked> {
  const shard = await markets.home(marketId)
  return { userId, account: await accounts.open(userId), shard }
}

/** Submits the command of a user, whom every node knows to have been answered before the answer is out. */
export async function submitFor(
  { answered }: OrderDeskParts,
  { userId, shard }: Asked,
  command: KeyedCommand,
): Promise<Outcome> {
  const outcome = await shard.link.submit(command)
  await answered.set(userId, lastSeq(outcome))
  return outcome
}

export function acceptedIn({ events }: Outcome): AcceptedEvent {
  const accepted = events.find((event) => event.event === 'accepted')
  if (!accepted) throw new Error(`The engine answered an order with ${events[0]?.event}.`)
  return accepted
}

/** Where else the user has something of the market's assets: orders are paid by the market's own shard alone. */
export async function fundsElsewhere(
  { shards, markets }: OrderDeskParts,
  { account, shard }: Asked,
  marketId: string,
): Promise<object> {
  if (shards.all.length === 1) return {}
  const { baseAssetId, quoteAssetId } = await markets.require(marketId)
  const others = shards.all.filter(({ name }) => name !== shard.name)
  const readings = await Promise.allSettled(others.map(({ link }) => link.balances(account)))
  const elsewhere = readings.flatMap((reading, index) =>
    (reading.status === 'fulfilled' ? reading.value.balances : [])
      .filter(
        ({ asset, available }) => [baseAssetId, quoteAssetId].includes(asset) && parseDecimal(available) > 0n,
      )
      .map(({ asset, available }) => ({
        shard: others[index]?.name,
        assetId: asset,
        available: shortest(available),
      })),
  )
  return { shard: shard.name, elsewhere }
}

async function place(parts: OrderDeskParts, order: PlaceOrder): Promise<ReturnType<typeof placedOrder>> {
  const { marketId, key } = order
  const market = await parts.markets.require(marketId)
  const asked = await ask(parts, order)
  const command = placeCommand({ account: asked.account, market: marketId, key }, order)
  const outcome = await submitFor(parts, asked, command)
  const [first] = outcome.events
  const isPoor = first?.event === 'rejected' && first.reason === 'insufficient_funds'
  refuseRejected(outcome, { marketId, ...(isPoor ? await fundsElsewhere(parts, asked, marketId) : {}) })
  return placedOrder(outcome, acceptedIn(outcome), market)
}

async function cancel(parts: OrderDeskParts, request: CancelOrder): Promise<{ seq: number }> {
  const { marketId, key, orderId, clientOrderId } = request
  const name = engineName(request)
  const asked = await ask(parts, request)
  // The number of an order in another shard is none in this one.
  if (name.order !== undefined && parts.shards.of(name.order) !== asked.shard) {
    throw exchangeRefusals.order_not_found({ orderId })
  }
  const { account } = asked
  const command = { op: 'cancel', market: marketId, account, ...name, key: toEngineKey(key) } as const
  const outcome = await submitFor(parts, asked, command)
  refuseRejected(outcome, orderId === undefined ? { clientOrderId } : { orderId })
  return { seq: lastSeq(outcome) }
}

/** The engine cancels up to so many orders a command and says how many are left. */
async function cancelAllIn(
  parts: OrderDeskParts,
  asked: Asked,
  { marketId, key }: { marketId: string | undefined; key: string },
): Promise<{ seq: number; canceled: number }> {
  const market = marketId === undefined ? {} : { market: marketId }
  let canceled = 0
  for (let round = 0; ; round += 1) {
    const command = { op: 'cancelAll', account: asked.account, ...market, key: partKey(key, round) } as const
    const outcome = await submitFor(parts, asked, command)
    refuseRejected(outcome, marketId === undefined ? {} : { marketId })
    const summary = outcome.events.at(-1)
    if (summary?.event !== 'canceledAll') throw new Error('The engine did not say how many orders are left.')
    canceled += summary.canceled
    // What is left of a round that canceled nothing lies in a halted market.
    if (summary.left === 0 || summary.canceled === 0) return { seq: summary.seq, canceled }
  }
}

async function cancelAll(
  parts: OrderDeskParts,
  { userId, marketId, key }: Parameters<Exchange['cancelAll']>[0],
): Promise<{ seq: number; canceled: number }> {
  const account = await parts.accounts.open(userId)
  const shards = marketId === undefined ? parts.shards.all : [await parts.markets.home(marketId)]
  const request = { marketId, key }
  const sums = await Promise.all(
    shards.map((shard) => cancelAllIn(parts, { userId, account, shard }, request)),
  )
  const canceled = sums.reduce((sum, one) => sum + one.canceled, 0)
  return { seq: sums[0]?.seq ?? 0, canceled }
}

async function amend(
  parts: OrderDeskParts,
  request: Parameters<Exchange['amend']>[0],
): Promise<AmendedOrder> {
  const { marketId, price, quantity, key } = request
  const market = await parts.markets.require(marketId)
  const asked = await ask(parts, request)
  const terms = { ...(price === undefined ? {} : { price }), ...(quantity === undefined ? {} : { quantity }) }
  const outcome = await submitFor(parts, asked, {
    op: 'amend',
    market: marketId,
    account: asked.account,
    ...engineName(request),
    ...terms,
    key: toEngineKey(key),
  })
  refuseRejected(outcome, { marketId })
  const [amended] = outcome.events
  if (amended?.event !== 'amended') throw new Error(`The engine answered an amend with ${amended?.event}.`)
  const { order, id, time, leaves } = amended
  return {
    ...placedOrder(outcome, { order, id, time, quantity: leaves }, market),
    price: shortest(amended.price),
    quantity: shortest(amended.quantity),
    keepsPriority: amended.keepsPriority,
  }
}

export function createOrderDesk(parts: OrderDeskParts): OrderDesk {
  return {
    place: (order) => place(parts, order),
    cancel: (request) => cancel(parts, request),
    cancelAll: (request) => cancelAll(parts, request),
    amend: (request) => amend(parts, request),
  }
}
