/** Orders that hang together: their placing, and the turn of those that wait for the first to be filled. */
import type { CancelListCommand, PlaceListCommand, PlaceTerms } from '../messages/command.ts'
import type { Reason } from '../messages/event.ts'
import {
  isDuplicate,
  refusalOfBook,
  refusalOfCount,
  refusalOfFunds,
  refusalOfLimits,
  refusalOfTerms,
} from './checks.ts'
import { amountEnd, countOf } from './decimal.ts'
import { draftOf } from './draft.ts'
import { cancelList, endApart, expire, nameOf, sayList } from './ending.ts'
import { accept, start } from './order.ts'
import { reject } from './refusal.ts'
import { isTrigger, say, type NaiveList, type NaiveOrder, type NaiveState } from './state.ts'

function isPair([first, second]: readonly PlaceTerms[]): boolean {
  if (!first || !second || first.side !== second.side || first.quantity === undefined) return false
  const isFirst = first.type === 'limit' ? first.timeInForce === 'GTC' : first.type.startsWith('takeProfit')
  return isFirst && second.type.startsWith('stop')
}

function isWorking(first: PlaceTerms | undefined): boolean {
  return first?.type === 'limit' && (first.timeInForce === 'GTC' || first.timeInForce === 'GTD')
}

function fitsKind({ kind, orders }: PlaceListCommand): boolean {
  if (kind === 'oco') return orders.length === 2 && isPair(orders)
  if (kind === 'oto') return orders.length === 2 && isWorking(orders[0])
  return orders.length === 3 && isWorking(orders[0]) && isPair(orders.slice(1))
}

/** The last price must lie between the two: the one is reached on the way that profits, the other on the way that loses. */
function refusalOfPair([first, second]: readonly NaiveOrder[]): Reason | undefined {
  const { market, side } = first!
  const last = market.lastPrice
  const profit = first!.type === 'limit' ? first!.price : first!.triggerPrice
  const loss = second!.triggerPrice
  if (last === undefined) return undefined
  const [above, below] = side === 'sell' ? [profit, loss] : [loss, profit]
  const isBetween = (above ?? last + 1n) > last && last > (below ?? last - 1n)
  return isBetween ? undefined : 'list_prices_must_surround_last'
}

function refusalOfPlaceList(
  s: NaiveState,
  { id, kind, account }: PlaceListCommand,
  orders: readonly NaiveOrder[],
): Reason | undefined {
  if ([...s.lists].some((list) => list.account === account && list.id === id)) return 'duplicate_id'
  const starting = kind === 'oco' ? orders : orders.slice(0, 1)
  for (const [n, order] of orders.entries()) {
    const before = orders.slice(0, n)
    const refusal =
      refusalOfTerms(s, order) ??
      (starting.includes(order)
        ? refusalOfLimits(s, order, before)
        : refusalOfCount(s, order, before, true)) ??
      (isDuplicate(s, order, before) ? 'duplicate_id' : undefined)
    if (refusal) return refusal
  }
  return refusalToStart(s, starting)
}

/** What stands against starting a single order, or a pair. */
function refusalToStart(s: NaiveState, orders: readonly NaiveOrder[]): Reason | undefined {
  const refusal = (orders.length === 2 ? refusalOfPair(orders) : undefined) ?? refusalOfFunds(s, orders)
  if (refusal) return refusal
  for (const order of orders) {
    const clash = refusalOfBook(s, order)
    if (clash) return clash
  }
  return undefined
}

export function placeList(s: NaiveState, command: PlaceListCommand): void {
  const { account, id, kind } = command
  const market = s.markets.get(command.market)
  if (!market) return reject(s, command, 'market_not_found')
  if (!fitsKind(command)) return reject(s, command, 'list_must_fit_kind')
  const pairAt = kind === 'oco' ? 0 : 1
  const orders = command.orders.map((terms, n) =>
    draftOf(market, account, terms, { isLeg: kind !== 'oto' && n === pairAt && terms.type === 'limit' }),
  )
  const pair = kind === 'oto' ? [] : orders.slice(pairAt)
  // Two that are no whole lots are as much to the engine, whose refusal then is of the first of them.
  const lots = pair.map(({ quantity }) => countOf(quantity, market.terms.lotSize, amountEnd))
  if (lots.some((count) => count !== lots[0])) {
    return reject(s, command, 'list_must_fit_kind')
  }
  const refusal = refusalOfPlaceList(s, command, orders)
  if (refusal) return reject(s, command, refusal)
  const hold = { orders: pair, amount: 0n }
  for (const leg of pair) leg.hold = hold
  const list: NaiveList = { number: s.seqNext, id, account, market, kind, orders }
  s.lists.add(list)
  sayList(s, list, 'started')
  for (const [n, order] of orders.entries()) {
    order.list = list
    const isPending = kind !== 'oco' && n > 0
    accept(s, order, isPending ? 'pending' : isTrigger(order) ? 'waiting' : undefined)
    if (isPending) order.status = 'pending'
  }
  for (const order of kind === 'oco' ? orders : orders.slice(0, 1)) start(s, order)
}

/** The working order was filled: those that waited for it begin, or all of them end. */
export function activate(s: NaiveState, list: NaiveList, pending: readonly NaiveOrder[]): void {
  const refusals = pending.map((order, n) => refusalOfLimits(s, order, pending.slice(0, n)))
  const refusal = refusals.find((found) => found !== undefined) ?? refusalToStart(s, pending)
  if (refusal) {
    return endApart(s, list, pending, (order) => {
      expire(s, order, 'not_activated', refusal)
    })
  }
  for (const order of pending) {
    order.status = 'new'
    say(s, { ...nameOf(order), event: 'activated' })
  }
  for (const order of pending) start(s, order)
}

export function cancelNamedList(s: NaiveState, command: CancelListCommand): void {
  const { account, id } = command
  const market = s.markets.get(command.market)
  if (!market) return reject(s, command, 'market_not_found')
  if (market.terms.state === 'halted') return reject(s, command, 'market_halted')
  const list = [...s.lists].find(
    (open) => open.account === account && open.market === market && open.id === id,
  )
  if (!list) return reject(s, command, 'list_not_found')
  cancelList(s, list)
}
