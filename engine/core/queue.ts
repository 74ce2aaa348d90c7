/** What trades set off, one after the other, each with all that it causes joining behind. */
import { codeOf, expiryReasons } from '../messages/event.ts'
import { draft, redraft } from './draft.ts'
import { addToBefore, clearBefore, refusalOfLimits } from './limits.ts'
import { cancelSibling, closeIfDone, finishOrder, leaveOwnList } from './list.ts'
import { writeAbout, writeExpired } from './order-event.ts'
import { listOf, marketOf, OPEN, PENDING, setStatus, sideOf, statusOf } from './order-words.ts'
import { refusalOfLeg } from './leg.ts'
import { costNow, limitOf, refusalOfBook, refusalOfFunds, startOrder } from './place.ts'
import { run } from './run.ts'
import { sweep } from './sweep.ts'
import { leaveTriggers } from './trigger.ts'
import { releaseWaiting } from './waiting.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { BASE_UNIT, BUY, FLAGS, IS_LISTED, LIST_NEXT, QUEUE_HEAD, QUEUE_PRICE, SPECIAL_ORDER } = layout
const { EVENT_ACTIVATED, EVENT_TRIGGERED, FLAG_MARKET } = records

const INSUFFICIENT_FUNDS = expiryReasons.indexOf('insufficient_funds')
const NOT_ACTIVATED = expiryReasons.indexOf('not_activated')

/** Runs what the command has set off, until nothing more is. */
export function runQueue(): void {
  for (let special = i[QUEUE_HEAD]!; special !== 0; special = i[QUEUE_HEAD]!) {
    const order = i[special + SPECIAL_ORDER]!
    leaveTriggers(special)
    if (statusOf(order) === PENDING) activate(special)
    else runTriggered(order, i[special + QUEUE_PRICE]!)
  }
}

/** A waiting order's price was traded at: it gives back what it held and acts like a new one. */
function runTriggered(order: number, price: number): void {
  const market = marketOf(order)
  writeAbout(EVENT_TRIGGERED, order, price, 0)
  setStatus(order, OPEN)
  releaseWaiting(order)
  if (i[order + FLAGS]! & IS_LISTED) cancelSibling(order)
  if (i[order + FLAGS]! & FLAG_MARKET && !canPay(order, market)) {
    writeExpired(order, INSUFFICIENT_FUNDS, 0)
    return finishOrder(order, false)
  }
  run(market, sideOf(order), order, limitOf(order), false)
}

function canPay(order: number, market: number): boolean {
  redraft(order, market)
  const cost = draft.side === BUY ? sweep(draft.leaves) : draft.leaves * f[(market + BASE_UNIT) >> 1]!
  return refusalOfFunds(cost) === 0
}

/** The order before them in their list was filled: those that waited for it begin, or all of them end. */
function activate(first: number): void {
  const second = i[first + LIST_NEXT]!
  const orders = [i[first + SPECIAL_ORDER]!]
  if (second !== 0) orders.push(i[second + SPECIAL_ORDER]!)
  const market = marketOf(orders[0]!)
  const reason = refusalOf(orders, market)
  if (reason !== 0) return endAll(orders, reason)
  for (const order of orders) {
    setStatus(order, OPEN)
    writeAbout(EVENT_ACTIVATED, order, 0, 0)
  }
  for (const order of orders) startOrder(market, order, false)
}

function refusalOf(orders: readonly number[], market: number): number {
  clearBefore()
  for (const order of orders) {
    redraft(order, market)
    const reason = refusalOfLimits(order)
    if (reason !== 0) return reason
    addToBefore(false)
  }
  return refusalToStart(orders.length, (n) => {
    redraft(orders[n]!, market)
  })
}

/** What stands against starting a single order, or a pair; `read` makes the one that is asked for the draft. */
export function refusalToStart(count: number, read: (n: number) => void): number {
  let due = 0
  for (let n = 0; n < count && count === 2; n++) {
    read(n)
    const reason = refusalOfLeg(n === 0)
    if (reason !== 0) return reason
  }
  for (let n = 0; n < count; n++) {
    read(n)
    const cost = costNow()
    if (cost < 0) return codeOf('no_reference_price')
    due = Math.max(due, cost)
  }
  const reason = refusalOfFunds(due)
  if (reason !== 0) return reason
  for (let n = 0; n < count; n++) {
    read(n)
    const clash = refusalOfBook()
    if (clash !== 0) return clash
  }
  return 0
}

/** Orders of one list that end together, none of them because of another. */
function endAll(orders: readonly number[], refusal: number): void {
  const list = listOf(orders[0]!)
  for (const order of orders) {
    writeExpired(order, NOT_ACTIVATED, refusal)
    leaveOwnList(order)
    finishOrder(order, false)
  }
  closeIfDone(list)
}
