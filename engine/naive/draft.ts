/** An order as its command describes it, before anything says that it may be. */
import type { PlaceTerms } from '../messages/command.ts'
import type { AcceptedEvent } from '../messages/event.ts'
import { exact, show, showAs } from './decimal.ts'
import { nameOf } from './ending.ts'
import type { Hold, NaiveMarket, NaiveOrder } from './state.ts'

/** `isLeg` is the limit order of a pair, which never takes. */
export function draftOf(
  market: NaiveMarket,
  account: number,
  terms: PlaceTerms,
  { isLeg }: { isLeg: boolean },
): NaiveOrder {
  const { id, side, type } = terms
  const isLimited = 'price' in terms
  const optional = (value: string | undefined): bigint | undefined =>
    value === undefined ? undefined : exact(value)
  const quantity = optional(terms.quantity) ?? 0n
  const quoteQuantity = terms.type === 'market' ? optional(terms.quoteQuantity) : undefined
  const hold: Hold = { orders: [], amount: 0n }
  const order: NaiveOrder = {
    number: 0,
    status: 'new',
    id,
    account,
    market,
    side,
    type,
    list: undefined,
    hold,
    timeInForce: isLimited ? terms.timeInForce : undefined,
    price: isLimited ? exact(terms.price) : undefined,
    quantity,
    leaves: quantity,
    prevented: 0n,
    quoteQuantity,
    quoteLeft: quoteQuantity ?? 0n,
    display: isLimited ? optional(terms.displayQuantity) : undefined,
    shown: 0n,
    postOnly: isLeg || (terms.type === 'limit' && terms.postOnly === true),
    anyNotional: terms.type === 'limit' && terms.anyNotional === true,
    named: terms.selfTradePrevention,
    prevention: terms.selfTradePrevention ?? market.terms.selfTradePrevention ?? 'none',
    triggerPrice: 'triggerPrice' in terms ? optional(terms.triggerPrice) : undefined,
    trailingBips: 'trailingBips' in terms ? terms.trailingBips : undefined,
    isActive: false,
    extreme: undefined,
    isQueued: false,
    holdPrice: undefined,
    expiresAt: isLimited ? terms.expiresAt : undefined,
  }
  hold.orders.push(order)
  return order
}

export function acceptedEvent(
  order: NaiveOrder,
  status: 'waiting' | 'pending' | undefined,
): Omit<AcceptedEvent, 'seq' | 'time'> {
  const { type, timeInForce, price, quantity, quoteQuantity, display, triggerPrice } = order
  const { trailingBips, expiresAt, named, list } = order
  const { tickSize } = order.market.terms
  return {
    ...nameOf(order),
    event: 'accepted',
    type,
    ...(status && { status }),
    ...(timeInForce && { timeInForce }),
    ...(order.postOnly && { postOnly: true }),
    ...(price !== undefined && { price: showAs(price, tickSize) }),
    ...(quoteQuantity === undefined ? { quantity: show(quantity) } : { quoteQuantity: show(quoteQuantity) }),
    ...(display !== undefined && { displayQuantity: show(display) }),
    ...(triggerPrice !== undefined && { triggerPrice: showAs(triggerPrice, tickSize) }),
    ...(trailingBips !== undefined && { trailingBips }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(named && { selfTradePrevention: named }),
    ...(list && { list: list.number }),
  }
}
