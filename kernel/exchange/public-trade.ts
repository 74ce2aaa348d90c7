import type { TradeEvent } from '@cambium/engine'
import type { PublicTrade } from './exchange.ts'

/** A trade without its parties. The engine's sequence names it. */
export function publicTrade({ seq, time, market, price, quantity, takerSide }: TradeEvent): PublicTrade {
  return { tradeId: String(seq), marketId: market, price, quantity, takerSide, seq, time }
}
