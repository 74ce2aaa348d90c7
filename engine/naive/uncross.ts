/** The auction that opens a market whose book is crossed: one price for all who can trade at it. */
import { greatest, least, show, showAs } from './decimal.ts'
import { say, type NaiveMarket, type NaiveOrder, type NaiveState } from './state.ts'
import { trade } from './trade.ts'

interface Candidate {
  readonly price: bigint
  readonly volume: bigint
  /** How much more one side has than the other. */
  readonly surplus: bigint
  readonly distance: bigint
}

function leavesOf(orders: readonly NaiveOrder[]): bigint {
  return orders.reduce((sum, { leaves }) => sum + leaves, 0n)
}

function candidateAt({ buy, sell, lastPrice }: NaiveMarket, price: bigint): Candidate {
  const demand = leavesOf(buy.filter((order) => order.price! >= price))
  const supply = leavesOf(sell.filter((order) => order.price! <= price))
  const reference = lastPrice ?? 0n
  return {
    price,
    volume: least(demand, supply),
    surplus: greatest(demand, supply) - least(demand, supply),
    distance: greatest(price, reference) - least(price, reference),
  }
}

function better(a: Candidate, b: Candidate): Candidate {
  if (a.volume !== b.volume) return a.volume > b.volume ? a : b
  if (a.surplus !== b.surplus) return a.surplus < b.surplus ? a : b
  if (a.distance !== b.distance) return a.distance < b.distance ? a : b
  return a.price < b.price ? a : b
}

export function uncross(s: NaiveState, market: NaiveMarket): void {
  const { terms, buy, sell } = market
  const candidates = [...buy, ...sell].map((order) => candidateAt(market, order.price!))
  const [first, ...others] = candidates
  if (!first) return
  const { price, volume } = others.reduce((best, other) => better(best, other), first)
  if (volume === 0n) return
  const text = showAs(price, terms.tickSize)
  say(s, { event: 'uncrossed', market: market.name, price: text, quantity: show(volume) })
  for (let left = volume; left > 0n;) {
    const buyer = buy[0]!
    const seller = sell[0]!
    const quantity = least(left, least(buyer.leaves, seller.leaves))
    const [taker, maker] = s.rules.isTaker(buyer.number, seller.number) ? [buyer, seller] : [seller, buyer]
    trade(s, { taker, maker, price, quantity })
    left -= quantity
  }
}
