/** Commands for single orders: place, cancel, amend, replace, cancel all, and time. */
import type {
  AmendCommand,
  CancelAllCommand,
  CancelCommand,
  ClockCommand,
  OrderName,
  PlaceCommand,
  PlaceTerms,
  ReplaceCommand,
} from '../messages/command.ts'
import type { Reason } from '../messages/event.ts'
import { partOf } from './book.ts'
import {
  isDuplicate,
  refusalOfBand,
  refusalOfBook,
  refusalOfDisplay,
  refusalOfFunds,
  refusalOfLimits,
  refusalOfMeeting,
  refusalOfNotional,
  refusalOfPosition,
  refusalOfPrice,
  refusalOfQuantity,
  refusalOfSize,
  refusalOfTerms,
} from './checks.ts'
import { exact, multiply, show, showAs } from './decimal.ts'
import { acceptedEvent, draftOf } from './draft.ts'
import { cancel, expire, nameOf } from './ending.ts'
import { needOf, updateHold } from './hold.ts'
import { reject } from './refusal.ts'
import {
  availableOf,
  balanceOf,
  isTrigger,
  paidAsset,
  say,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
} from './state.ts'
import { rest, take, takeAgain } from './taking.ts'
import { waitForTrigger } from './trigger.ts'

/** How many orders one command ends at most. */
const endedMax = 1000

/** An accepted order begins: it waits for its trigger, rests in an auction, or acts. */
export function start(s: NaiveState, order: NaiveOrder): void {
  if (isTrigger(order)) waitForTrigger(s, order)
  else if (order.market.terms.state === 'preOpen') rest(s, order)
  else take(s, order)
}

/** The engine knows the order from now on, by the seq of its event. */
export function accept(s: NaiveState, order: NaiveOrder, status: 'waiting' | 'pending' | undefined): void {
  const { account, market } = order
  balanceOf(s, account, market.terms.base)
  balanceOf(s, account, market.terms.quote)
  order.number = s.seqNext
  s.orders.add(order)
  say(s, acceptedEvent(order, status))
}

export function place(s: NaiveState, command: PlaceCommand): void {
  const market = s.markets.get(command.market)
  if (!market) return reject(s, command, 'market_not_found')
  placeTerms(s, market, command, command)
}

function placeTerms(
  s: NaiveState,
  market: NaiveMarket,
  { account }: { account: number },
  terms: PlaceTerms,
): void {
  const order = draftOf(market, account, terms, { isLeg: false })
  const refusal =
    refusalOfTerms(s, order) ??
    refusalOfLimits(s, order, []) ??
    (isDuplicate(s, order, []) ? 'duplicate_id' : undefined) ??
    refusalOfFunds(s, [order]) ??
    refusalOfBook(s, order)
  if (refusal) return reject(s, { op: 'place', market: market.name, account, id: terms.id }, refusal)
  accept(s, order, isTrigger(order) ? 'waiting' : undefined)
  start(s, order)
}

/** The account's order of that name in this market, whatever it is doing. */
function find(
  s: NaiveState,
  market: NaiveMarket,
  account: number,
  { id, order: number }: OrderName,
): NaiveOrder | undefined {
  return [...s.orders].find(
    (order) =>
      order.account === account &&
      order.market === market &&
      (number === undefined ? order.id === id : order.number === number),
  )
}

/** Answers whether the order was there to be canceled. */
export function cancelNamed(s: NaiveState, command: CancelCommand): boolean {
  const { account } = command
  const market = s.markets.get(command.market)
  const order = market && find(s, market, account, command)
  const isHalted = market?.terms.state === 'halted'
  if (order && !isHalted) {
    cancel(s, order, 'requested')
    return true
  }
  reject(s, command, !market ? 'market_not_found' : isHalted ? 'market_halted' : 'order_not_found')
  return false
}

export function replace(s: NaiveState, command: ReplaceCommand): void {
  const { account, mode } = command
  const market = s.markets.get(command.market)
  if (!market) return reject(s, command, 'market_not_found')
  const isCanceled = cancelNamed(s, { op: 'cancel', market: market.name, account, ...command.cancel })
  if (isCanceled || mode === 'allowFailure') placeTerms(s, market, command, command.place)
}

export function amend(s: NaiveState, command: AmendCommand): void {
  const market = s.markets.get(command.market)
  const state = market?.terms.state
  if (!market) return reject(s, command, 'market_not_found')
  if (state === 'halted') return reject(s, command, 'market_halted')
  if (state === 'cancelOnly') return reject(s, command, 'market_cancel_only')
  const order = find(s, market, command.account, command)
  if (!order) return reject(s, command, 'order_not_found')
  if (order.status !== 'open' || order.list) return reject(s, command, 'order_not_amendable')
  const price = command.price === undefined ? order.price! : exact(command.price)
  const quantity = command.quantity === undefined ? order.quantity : exact(command.quantity)
  const refusal = refusalOfAmend(s, order, price, quantity)
  if (refusal) return reject(s, command, refusal)
  const keepsPriority = s.rules.keepsPlace(order, price, quantity)
  if (!keepsPriority) takeAgain(s, order)
  order.leaves += quantity - order.quantity
  order.quantity = quantity
  order.price = price
  const { tickSize } = market.terms
  say(s, {
    ...nameOf(order),
    event: 'amended',
    price: showAs(price, tickSize),
    quantity: show(quantity),
    leaves: show(order.leaves),
    keepsPriority,
  })
  if (keepsPriority) {
    // What a lower quantity takes away was not shown, as far as that goes.
    if (order.shown > order.leaves || order.display === undefined) order.shown = partOf(order)
    updateHold(s, order)
  } else if (state === 'preOpen') rest(s, order)
  else take(s, order)
}

function refusalOfAmend(
  s: NaiveState,
  order: NaiveOrder,
  price: bigint,
  quantity: bigint,
): Reason | undefined {
  const gone = order.quantity - order.leaves
  const amended: NaiveOrder = { ...order, price, quantity, leaves: quantity - gone }
  const refusal = refusalOfPrice(amended) ?? refusalOfQuantity(amended) ?? refusalOfDisplay(amended)
  if (refusal) return refusal
  if (quantity <= gone) return 'quantity_below_filled'
  const means =
    refusalOfSize(amended) ??
    refusalOfNotional(amended) ??
    refusalOfBand(amended) ??
    refusalOfPosition(s, amended)
  if (means) return means
  const due = order.side === 'sell' ? amended.leaves : multiply(price, amended.leaves)
  if (due - needOf(order) > availableOf(s, order.account, paidAsset(order))) return 'insufficient_funds'
  // It has triggered before it could be amended, and does not do so again.
  return refusalOfMeeting(amended)
}

export function cancelAll(s: NaiveState, command: CancelAllCommand): void {
  const { account, market } = command
  const named = market === undefined ? undefined : s.markets.get(market)
  if (market !== undefined && !named) return reject(s, command, 'market_not_found')
  if (named?.terms.state === 'halted') return reject(s, command, 'market_halted')
  const orders = [...s.orders]
    .filter((order) => order.account === account && (named ?? order.market) === order.market)
    .filter((order) => order.market.terms.state !== 'halted')
    .sort((a, b) => a.number - b.number)
  const assets = [...(s.balances.get(account)?.keys() ?? [])]
  const byAsset = assets.flatMap((asset) => orders.filter((order) => paidAsset(order) === asset))
  let canceled = 0
  for (const order of byAsset) {
    if (order.status === 'gone' || canceled >= endedMax) continue
    canceled += cancel(s, order, command.reason ?? 'cancel_all')
  }
  const left = byAsset.length - canceled
  say(s, { event: 'canceledAll', account, ...(market !== undefined && { market }), canceled, left })
}

export function clock(s: NaiveState, { time }: ClockCommand): void {
  const due = [...s.orders]
    .filter(({ expiresAt }) => expiresAt !== undefined && s.rules.isExpired(expiresAt, time))
    .sort((a, b) => a.expiresAt! - b.expiresAt! || a.number - b.number)
  let expired = 0
  for (const order of due) {
    // The other leg of its pair may have been canceled by the expiry of this one's.
    if (order.status === 'gone' || expired === endedMax) continue
    expire(s, order, 'time')
    expired++
  }
  const left = due.filter(({ status }) => status !== 'gone').length
  say(s, { event: 'clock', expired, left })
}
