import type { EngineEvent, TradeEvent, TransferEvent } from '@cambium/engine'
import type { Asset, JournalEntryRequest, Posting } from '../ledger/index.ts'
import { parseAmount, type Amount } from '../money/index.ts'
import { feeAccountId, transitAccountId } from './accounts.ts'
import { notional } from './decimals.ts'
import type { MarketSpec } from './exchange.ts'

/** What settling needs to know beside the event. */
export interface SettlementBook {
  readonly assets: ReadonlyMap<string, Asset>
  readonly markets: ReadonlyMap<string, MarketSpec>
  /** The ledger account of an engine account. */
  ledgerAccount(engineAccount: number): string
}

function assetOf(book: SettlementBook, id: string): Asset {
  const asset = book.assets.get(id)
  if (!asset) throw new Error(`The engine moved ${id}, which the ledger does not know.`)
  return asset
}

function posting(move: { source: string; target: string; assetId: string; amount: Amount }): Posting[] {
  // A trade with oneself moves nothing but its fees.
  return move.source === move.target || move.amount === 0n ? [] : [move]
}

function tradeEntry(event: TradeEvent, book: SettlementBook): JournalEntryRequest {
  const market = book.markets.get(event.market)
  if (!market) throw new Error(`The engine traded in ${event.market}, which is not defined here.`)
  const [base, quote] = [assetOf(book, market.baseAssetId), assetOf(book, market.quoteAssetId)]
  const [taker, maker] = [book.ledgerAccount(event.takerAccount), book.ledgerAccount(event.makerAccount)]
  const [buyer, seller] = event.takerSide === 'buy' ? [taker, maker] : [maker, taker]
  const [buyerFee, sellerFee] =
    event.takerSide === 'buy' ? [event.takerFee, event.makerFee] : [event.makerFee, event.takerFee]
  const quantity = parseAmount(event.quantity, base.scale)
  const paid = notional(event.price, event.quantity, quote.scale)
  const fees = { base: parseAmount(buyerFee, base.scale), quote: parseAmount(sellerFee, quote.scale) }
  return {
    key: `exchange.trade:${event.seq}`,
    kind: 'exchange.trade',
    data: { marketId: event.market, tradeId: String(event.seq), price: event.price, time: event.time },
    postings: [
      ...posting({ source: seller, target: buyer, assetId: base.id, amount: quantity }),
      ...posting({ source: buyer, target: seller, assetId: quote.id, amount: paid }),
      ...posting({ source: buyer, target: feeAccountId, assetId: base.id, amount: fees.base }),
      ...posting({ source: seller, target: feeAccountId, assetId: quote.id, amount: fees.quote }),
    ],
  }
}

function transferEntry(event: TransferEvent, book: SettlementBook): JournalEntryRequest {
  const asset = assetOf(book, event.asset)
  const wallet = book.ledgerAccount(event.account)
  const isDeposit = event.event === 'deposited'
  const [source, target] = isDeposit ? [transitAccountId, wallet] : [wallet, transitAccountId]
  const kind = isDeposit ? 'exchange.deposit' : 'exchange.withdrawal'
  const amount = parseAmount(event.amount, asset.scale)
  return { key: `${kind}:${event.seq}`, kind, postings: [{ source, target, assetId: asset.id, amount }] }
}

/** What an engine event moves in the ledger; undefined for the many that move nothing. */
export function settlementEntry(event: EngineEvent, book: SettlementBook): JournalEntryRequest | undefined {
  switch (event.event) {
    case 'trade':
      return tradeEntry(event, book)
    case 'deposited':
    case 'withdrawn':
      return transferEntry(event, book)
    default:
      return undefined
  }
}

/** The engine accounts whose owners settling these events needs. */
export function accountsIn(events: readonly EngineEvent[]): Set<number> {
  const accounts = new Set<number>()
  for (const event of events) {
    if (event.event === 'trade') accounts.add(event.takerAccount).add(event.makerAccount)
    else if (event.event === 'deposited' || event.event === 'withdrawn') accounts.add(event.account)
  }
  return accounts
}
