import type { Outcome } from '@cambium/engine'
import { platformRefusals } from '../broker/index.ts'
import { shortest } from './decimals.ts'
import { clientOrderIdFor, toEngineKey } from './engine-key.ts'
import type { Exchange, PlacedList, PlaceList, ReplacedOrder, ReplaceOrder } from './exchange.ts'
import { clientOrderId, engineName, placeTerms } from './order-command.ts'
import { ask, submitFor, type OrderDeskParts } from './orders.ts'
import { lastSeq, refuseRejected } from './outcome.ts'
import { placedOrder } from './placed-order.ts'
import { rejectionRefusal } from './refusals.ts'

/** What concerns several orders at once. */
export type ListDesk = Pick<Exchange, 'replace' | 'placeList' | 'cancelList'>

async function placeList(parts: OrderDeskParts, request: PlaceList): Promise<PlacedList> {
  const { marketId, kind, key } = request
  const market = await parts.markets.require(marketId)
  const asked = await ask(parts, request)
  const { account } = asked
  const orders = request.orders.map((order, part) =>
    placeTerms(order, clientOrderId(order, { account, key, part: part + 1 })),
  )
  const id = request.clientListId ?? clientOrderIdFor(`${account}:${key}`)
  const command = {
    op: 'placeList',
    market: marketId,
    account,
    id,
    kind,
    orders,
    key: toEngineKey(key),
  } as const
  const outcome = await submitFor(parts, asked, command)
  refuseRejected(outcome, { marketId })
  const list = outcome.events.find((event) => event.event === 'list')
  if (!list) throw new Error(`The engine answered a list with ${outcome.events[0]?.event}.`)
  const accepted = outcome.events.filter((event) => event.event === 'accepted')
  return {
    listId: String(list.list),
    clientListId: list.id,
    orders: accepted.map((event) => placedOrder(outcome, event, market)),
    seq: lastSeq(outcome),
  }
}

/** Which of the two the engine would not do, as the codes of their refusals. */
function refusalsIn({ events }: Outcome): { cancelRefusal?: string; placeRefusal?: string } {
  const refusals: { cancelRefusal?: string; placeRefusal?: string } = {}
  for (const event of events) {
    if (event.event !== 'rejected') continue
    const name = event.op === 'cancel' ? 'cancelRefusal' : 'placeRefusal'
    refusals[name] = rejectionRefusal(event.reason).code
  }
  return refusals
}

async function replace(parts: OrderDeskParts, request: ReplaceOrder): Promise<ReplacedOrder> {
  const { marketId, mode, key } = request
  const market = await parts.markets.require(marketId)
  const asked = await ask(parts, request)
  const { account } = asked
  const outcome = await submitFor(parts, asked, {
    op: 'replace',
    market: marketId,
    account,
    mode,
    key: toEngineKey(key),
    cancel: engineName(request.cancel),
    place: placeTerms(request.place, clientOrderId(request.place, { account, key })),
  })
  const [first] = outcome.events
  const isConflict = first?.event === 'rejected' && first.reason === 'idempotency_conflict'
  if (isConflict) throw platformRefusals.idempotency_conflict()
  // Others of its list go with it.
  const canceled = outcome.events
    .filter((event) => event.event === 'canceled')
    .find(({ reason }) => reason === 'requested')
  const accepted = outcome.events.find((event) => event.event === 'accepted')
  // Nothing was done: the first reason is why.
  if (!canceled && !accepted) refuseRejected(outcome, { marketId })
  return {
    ...refusalsIn(outcome),
    ...(canceled
      ? { canceled: { orderId: String(canceled.order), leavesQuantity: shortest(canceled.leaves) } }
      : {}),
    ...(accepted ? { placed: placedOrder(outcome, accepted, market) } : {}),
    seq: lastSeq(outcome),
  }
}

export function createListDesk(parts: OrderDeskParts): ListDesk {
  return {
    placeList: (request) => placeList(parts, request),
    replace: (request) => replace(parts, request),
    cancelList: async (request) => {
      const { marketId, clientListId, key } = request
      const asked = await ask(parts, request)
      const { account } = asked
      const command = {
        op: 'cancelList',
        market: marketId,
        account,
        id: clientListId,
        key: toEngineKey(key),
      } as const
      const outcome = await submitFor(parts, asked, command)
      refuseRejected(outcome, { clientListId })
      return { seq: lastSeq(outcome) }
    },
  }
}
