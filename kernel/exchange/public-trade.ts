import type { TradeEvent } from '@cambium/engine'
import { shortest } from './decimals.ts'
import type { PublicTrade } from './exchange.ts'

/** A trade without its parties. The engine's sequence names it. */
export function publicTrade({ seq, time, market, price, quantity, takerSide }: TradeEvent): PublicTrade {
  const terms = { price: shortest(price), quantity: shortest(quantity), takerSide }
  return { tradeId: String(seq), marketId: market, ...terms, seq, time }
}
