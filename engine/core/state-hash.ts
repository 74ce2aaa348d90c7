/** A fingerprint of everything commands can still depend on: equal for equal histories, whichever engine lived them. */
import { createHash } from 'node:crypto'
import type { MarketTerms } from '../messages/market.ts'
import { readBalances, readMarkets, readOpenOrders, type Balance, type OpenOrder } from './reads.ts'
import type { EngineState } from './state.ts'
import { SEQ_NEXT } from './layout.ts'

export interface StateDump {
  readonly seqNext: number
  readonly markets: readonly MarketTerms[]
  readonly balances: readonly Balance[]
  readonly orders: readonly OpenOrder[]
}

export function hashState({ seqNext, markets, balances, orders }: StateDump): string {
  const hash = createHash('sha256').update(`${seqNext}\n`)
  for (const market of markets) hash.update(`${JSON.stringify(market)}\n`)
  const lines = balances
    .filter(({ available, held }) => available !== '0' || held !== '0')
    .map(({ account, asset, available, held }) => `${account} ${asset} ${available} ${held}\n`)
  for (const line of lines.sort()) hash.update(line)
  for (const { order, id, market, account, side, price, quantity, leaves } of orders) {
    hash.update(`${order} ${id} ${market} ${account} ${side} ${price} ${quantity} ${leaves}\n`)
  }
  return hash.digest('hex')
}

export function hashOf(s: EngineState): string {
  return hashState({
    seqNext: s.f[SEQ_NEXT >> 1]!,
    markets: readMarkets(s),
    balances: readBalances(s),
    orders: readOpenOrders(s),
  })
}
