/**
 * What an order that acts would do to the book, reckoned without doing it: for the funds of orders that have no price of
 * their own, and for those that trade wholly or not at all.
 */
import { draft } from './draft.ts'
import { nextLevel } from './book.ts'
import { isOwnOf } from './owner.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import { preventions } from '../messages/records.ts'

const { f, i } = memory
const {
  ACCOUNT,
  AMOUNT_END,
  BEST,
  BUY,
  FLAGS,
  HEAD,
  IS_ICEBERG,
  LEAVES,
  LEVEL_PRICE,
  NEXT,
  PREVENTION_SHIFT,
  QUOTE_UNIT,
  SHOWN,
  TICKS_END,
  VOLUME,
} = layout

const EXPIRE_MAKER = preventions.indexOf('expireMaker')
const DECREMENT = preventions.indexOf('decrement')

/** One plan at a time: what is left to trade, and what was. */
const plan = { isByQuote: false, left: 0, traded: 0, cost: 0, isStopped: false, isPrevented: false }

/** The most lots that so much of the quote asset pays for. */
export function lotsFor(quote: number, perLot: number): number {
  const lots = Math.floor(quote / perLot)
  // The quotient may have been rounded up to the next whole number.
  return lots * perLot > quote ? lots - 1 : lots
}

function wanted(perLot: number): number {
  return plan.isByQuote ? lotsFor(plan.left, perLot) : plan.left
}

/** Goes on past what is offered only when it takes all of it: a maker that is left would be met again. */
function take(offered: number, perLot: number): void {
  const most = wanted(perLot)
  const lots = offered < most ? offered : most
  plan.traded += lots
  plan.cost += lots * perLot
  spend(lots, perLot)
  if (offered > most) plan.isStopped = true
}

function spend(lots: number, perLot: number): void {
  plan.left -= plan.isByQuote ? lots * perLot : lots
  if (plan.left === 0) plan.isStopped = true
}

/** An own order in the way: what it does to the plan. */
function meetOwn(maker: number, prevention: number, perLot: number): void {
  if (prevention === EXPIRE_MAKER) return
  const most = wanted(perLot)
  const leaves = f[(maker + LEAVES) >> 1]!
  plan.isPrevented = true
  if (prevention === DECREMENT) spend(Math.min(most, leaves), perLot)
  if (prevention !== DECREMENT || most < leaves) plan.isStopped = true
}

/** A level in which own orders may be. What icebergs hide comes after all that was shown. */
function takeByOrder(level: number, perLot: number, account: number, prevention: number): void {
  let hidden = 0
  for (let maker = i[level + HEAD]!; maker !== level && !plan.isStopped; maker = i[maker + NEXT]!) {
    if (wanted(perLot) === 0) plan.isStopped = true
    else if (isOwnOf(account, maker)) meetOwn(maker, prevention, perLot)
    else {
      const leaves = f[(maker + LEAVES) >> 1]!
      const shown = i[maker + FLAGS]! & IS_ICEBERG ? f[(maker + SHOWN) >> 1]! : leaves
      hidden += leaves - shown
      take(shown, perLot)
    }
  }
  if (!plan.isStopped) take(hidden, perLot)
}

function play(market: number, side: number, limit: number, account: number, prevention: number): void {
  const unit = f[(market + QUOTE_UNIT) >> 1]!
  plan.traded = 0
  plan.cost = 0
  plan.isStopped = plan.left === 0
  plan.isPrevented = false
  for (let level = i[market + BEST + 1 - side]!; level !== 0 && !plan.isStopped;) {
    const price = i[level + LEVEL_PRICE]!
    if (side === BUY ? price > limit : price < limit) return
    if (wanted(price * unit) === 0) return
    if (prevention === 0) take(f[(level + VOLUME) >> 1]!, price * unit)
    else takeByOrder(level, price * unit, account, prevention)
    // No account has as much: what comes after makes no difference, and would not be exact.
    if (plan.cost >= AMOUNT_END) return
    level = nextLevel(market, 1 - side, level)
  }
}

/** What the draft, a market buy of `lots`, would pay. */
export function sweep(lots: number): number {
  plan.isByQuote = false
  plan.left = lots
  play(draft.market, draft.side, draft.side === BUY ? TICKS_END : 0, draft.account, draft.prevention)
  return plan.cost
}

/** How many lots the draft, a market order for `quote` units, would trade. */
export function quoteSweep(quote: number): number {
  plan.isByQuote = true
  plan.left = quote
  play(draft.market, draft.side, draft.side === BUY ? TICKS_END : 0, draft.account, draft.prevention)
  return plan.traded
}

/** Whether trades alone would fill the order within `limit`. */
export function fillsWhole(market: number, side: number, order: number, limit: number): boolean {
  plan.isByQuote = false
  plan.left = f[(order + LEAVES) >> 1]!
  const prevention = (i[order + FLAGS]! >>> PREVENTION_SHIFT) & 7
  play(market, side, limit, i[order + ACCOUNT]!, prevention)
  return plan.left === 0 && !plan.isPrevented
}
