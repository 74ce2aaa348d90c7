/** One trade: what changes hands, the fees, and what it sets off. */
import type { TradeEvent } from '../messages/event.ts'
import { exact, multiply, show, showAs, unitOf } from './decimal.ts'
import { updateHold } from './hold.ts'
import { cancelSiblings, leave } from './ending.ts'
import { takeFrom } from './book.ts'
import { enqueueTriggered } from './trigger.ts'
import {
  availableOf,
  balanceOf,
  paidAsset,
  say,
  settingsOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
} from './state.ts'

interface Rates {
  readonly makerFeePpm: number
  readonly takerFeePpm: number
}

/** A tier has its own terms in a market, or general ones, or else the market's fees. */
function ratesOf(s: NaiveState, market: NaiveMarket, account: number): Rates {
  const terms = s.feeTiers.get(s.rules.feeTier(settingsOf(s, account).feeTier))
  return terms?.get(market.name) ?? terms?.get('') ?? market.terms
}

interface Fee {
  readonly amount: bigint
  /** Where it is not the asset received. */
  readonly asset: string | undefined
}

/** Takes the fee on `received` from its order's account and gives it to account 0. */
function chargeFee(s: NaiveState, order: NaiveOrder, role: 'maker' | 'taker', received: bigint): Fee {
  const { account, market } = order
  const asset = order.side === 'buy' ? market.terms.base : market.terms.quote
  const { makerFeePpm, takerFeePpm } = ratesOf(s, market, account)
  const unit = unitOf(s.assets.get(asset)!.scale)
  const fee = s.rules.fee(received, role === 'maker' ? makerFeePpm : takerFeePpm, unit)
  const discount = settingsOf(s, account).discount && fee > 0n ? s.discounts.get(asset) : undefined
  // A taker's next trade may need all it has of what it pays with.
  if (discount && !(role === 'taker' && discount.asset === paidAsset(order))) {
    const discountUnit = unitOf(s.assets.get(discount.asset)!.scale)
    const cost = s.rules.discounted(multiply(fee, exact(discount.rate)), discount.discountPpm, discountUnit)
    if (availableOf(s, account, discount.asset) >= cost) {
      balanceOf(s, account, discount.asset).available -= cost
      balanceOf(s, 0, discount.asset).available += cost
      return { amount: cost, asset: discount.asset }
    }
  }
  balanceOf(s, account, asset).available -= fee
  balanceOf(s, 0, asset).available += fee
  return { amount: fee, asset: undefined }
}

interface Match {
  readonly taker: NaiveOrder
  readonly maker: NaiveOrder
  readonly price: bigint
  readonly quantity: bigint
}

function settle(s: NaiveState, order: NaiveOrder, quantity: bigint, notional: bigint): void {
  const { account, side } = order
  const { base, quote } = order.market.terms
  // An order on the book gives back what it held for this part before it pays.
  updateHold(s, order)
  balanceOf(s, account, base).available += side === 'buy' ? quantity : -quantity
  balanceOf(s, account, quote).available += side === 'buy' ? -notional : notional
}

export function trade(s: NaiveState, match: Match): void {
  const { taker, maker, price, quantity } = match
  const { market } = taker
  const notional = multiply(price, quantity)
  const isUncross = taker.status === 'open'
  cancelSiblings(s, maker, 'trade')
  cancelSiblings(s, taker, 'trade')
  for (const order of [maker, taker]) {
    if (order.status === 'open') takeFrom(s.rules, order, quantity, isUncross)
    else if (order.quoteQuantity === undefined) order.leaves -= quantity
    else order.quoteLeft -= notional
  }
  settle(s, maker, quantity, notional)
  settle(s, taker, quantity, notional)
  const takerFee = chargeFee(s, taker, 'taker', taker.side === 'buy' ? quantity : notional)
  const makerFee = chargeFee(s, maker, 'maker', maker.side === 'buy' ? quantity : notional)
  market.lastPrice = price
  say(s, describe(match, takerFee, makerFee))
  enqueueTriggered(s, market, price)
  for (const order of [maker, taker]) {
    const isDone = order.quoteQuantity === undefined ? order.leaves === 0n : order.quoteLeft === 0n
    if (isDone) leave(s, order, 'trade')
  }
}

function describe(
  { taker, maker, price, quantity }: Match,
  takerFee: Fee,
  makerFee: Fee,
): Omit<TradeEvent, 'seq' | 'time'> {
  const { terms } = taker.market
  return {
    event: 'trade',
    market: taker.market.name,
    price: showAs(price, terms.tickSize),
    quantity: show(quantity),
    taker: taker.id,
    maker: maker.id,
    takerOrder: taker.number,
    makerOrder: maker.number,
    takerAccount: taker.account,
    makerAccount: maker.account,
    takerSide: taker.side,
    takerFee: show(takerFee.amount),
    makerFee: show(makerFee.amount),
    ...(takerFee.asset !== undefined && { takerFeeAsset: takerFee.asset }),
    ...(makerFee.asset !== undefined && { makerFeeAsset: makerFee.asset }),
    takerLeaves: show(taker.leaves),
    makerLeaves: show(maker.leaves),
  }
}
