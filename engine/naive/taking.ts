/** An order that acts now: it meets the other side of the book, and what is left of it rests or expires. */
import type { PreventedEvent } from '../messages/event.ts'
import { fillsWhole, insert, planOf, remove, shrink, type Plan, type Step } from './book.ts'
import { multiply, show, showAs } from './decimal.ts'
import { expire } from './ending.ts'
import { holdFor, updateHold } from './hold.ts'
import type { NaiveOrder, NaiveState } from './state.ts'
import { say } from './state.ts'
import { trade } from './trade.ts'

/** Matches a new order as far as it goes. */
export function take(s: NaiveState, order: NaiveOrder): void {
  const plan = planOf(s, order)
  if (order.timeInForce === 'FOK' && !fillsWhole(plan)) return expire(s, order, 'fill_or_kill')
  for (const step of plan.steps) perform(s, order, step)
  if (order.status !== 'gone') finish(s, order, plan)
}

function finish(s: NaiveState, order: NaiveOrder, { end }: Plan): void {
  if (end === 'self_trade' || end === 'quote_spent') return expire(s, order, end)
  if (order.price === undefined) return expire(s, order, 'no_liquidity')
  if (order.timeInForce === 'IOC') return expire(s, order, 'immediate_or_cancel')
  rest(s, order)
}

export function rest(s: NaiveState, order: NaiveOrder): void {
  insert(s.rules, order)
  holdFor(s, order, 'open')
}

function perform(s: NaiveState, taker: NaiveOrder, { maker, kind, quantity }: Step): void {
  if (kind === 'trade') return trade(s, { taker, maker, price: maker.price!, quantity })
  const isTakerOut = kind === 'expireTaker' || kind === 'expireBoth'
  const isMakerOut = kind === 'expireMaker' || kind === 'expireBoth'
  const takerPrevented = isTakerOut ? taker.leaves : quantity
  const makerPrevented = isMakerOut ? maker.leaves : quantity
  say(s, describe(taker, maker, takerPrevented, makerPrevented))
  if (kind === 'decrement') decrement(s, taker, maker, quantity)
  else if (isMakerOut) expire(s, maker, 'self_trade')
}

/** Both lose the quantity without a trade. The taker, when it has nothing left, is expired by the end of its plan. */
function decrement(s: NaiveState, taker: NaiveOrder, maker: NaiveOrder, quantity: bigint): void {
  taker.prevented += quantity
  if (taker.quoteQuantity === undefined) taker.leaves -= quantity
  else taker.quoteLeft -= multiply(maker.price!, quantity)
  maker.prevented += quantity
  shrink(s.rules, maker, quantity)
  updateHold(s, maker)
  if (maker.leaves === 0n) expire(s, maker, 'self_trade')
}

/** Takes an open order off the book to act again. */
export function takeAgain(s: NaiveState, order: NaiveOrder): void {
  remove(order)
  order.status = 'new'
  updateHold(s, order)
}

function describe(
  taker: NaiveOrder,
  maker: NaiveOrder,
  takerPrevented: bigint,
  makerPrevented: bigint,
): Omit<PreventedEvent, 'seq' | 'time'> {
  return {
    event: 'prevented',
    market: taker.market.name,
    price: showAs(maker.price!, taker.market.terms.tickSize),
    taker: taker.id,
    maker: maker.id,
    takerOrder: taker.number,
    makerOrder: maker.number,
    takerAccount: taker.account,
    makerAccount: maker.account,
    takerSide: taker.side,
    takerPrevented: show(takerPrevented),
    makerPrevented: show(makerPrevented),
  }
}
