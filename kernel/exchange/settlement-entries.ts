import type { EngineEvent, TradeEvent } from '@cambium/engine'
import type { Asset, JournalEntryRequest, Posting } from '../ledger/index.ts'
import { parseAmount, type Amount } from '../money/index.ts'
import { notional } from './decimals.ts'
import type { MarketSpec } from './exchange.ts'

/** What settling needs to know beside the event. */
export interface SettlementBook {
  readonly assets: ReadonlyMap<string, Asset>
  readonly markets: ReadonlyMap<string, MarketSpec>
  /** The ledger accounts of the engine's shard: of an account in it, of its fees, of what is on its way to or from it. */
  ledgerAccount(engineAccount: number): string
  readonly feeAccount: string
  readonly transitAccount: string
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

/** A fee is paid in what its payer receives, unless the event names another asset: then in that, from the same wallet. */
function feePosting(
  fee: { payer: string; amount: string; named: string | undefined; received: Asset },
  book: SettlementBook,
): Posting[] {
  const asset = fee.named === undefined ? fee.received : assetOf(book, fee.named)
  const amount = parseAmount(fee.amount, asset.scale)
  return posting({ source: fee.payer, target: book.feeAccount, assetId: asset.id, amount })
}

function tradeEntry(event: TradeEvent, book: SettlementBook): JournalEntryRequest {
  const market = book.markets.get(event.market)
  if (!market) throw new Error(`The engine traded in ${event.market}, which is not defined here.`)
  const [base, quote] = [assetOf(book, market.baseAssetId), assetOf(book, market.quoteAssetId)]
  const [taker, maker] = [book.ledgerAccount(event.takerAccount), book.ledgerAccount(event.makerAccount)]
  const isBuy = event.takerSide === 'buy'
  const [buyer, seller] = isBuy ? [taker, maker] : [maker, taker]
  const quantity = parseAmount(event.quantity, base.scale)
  const paid = notional(event.price, event.quantity, quote.scale)
  const takerFee = { payer: taker, amount: event.takerFee, named: event.takerFeeAsset }
  const makerFee = { payer: maker, amount: event.makerFee, named: event.makerFeeAsset }
  return {
    key: `exchange.trade:${event.seq}`,
    kind: 'exchange.trade',
    data: { marketId: event.market, tradeId: String(event.seq), price: event.price, time: event.time },
    postings: [
      ...posting({ source: seller, target: buyer, assetId: base.id, amount: quantity }),
      ...posting({ source: buyer, target: seller, assetId: quote.id, amount: paid }),
      ...feePosting({ ...takerFee, received: isBuy ? base : quote }, book),
      ...feePosting({ ...makerFee, received: isBuy ? quote : base }, book),
    ],
  }
}

function moveEntry(
  { seq, asset: assetId, amount: text }: { seq: number; asset: string; amount: string },
  { kind, source, target }: { kind: string; source: string; target: string },
  book: SettlementBook,
): JournalEntryRequest {
  const asset = assetOf(book, assetId)
  const amount = parseAmount(text, asset.scale)
  return { key: `${kind}:${seq}`, kind, postings: posting({ source, target, assetId: asset.id, amount }) }
}

/** What an engine event moves in the ledger; undefined for the many that move nothing. */
export function settlementEntry(event: EngineEvent, book: SettlementBook): JournalEntryRequest | undefined {
  switch (event.event) {
    case 'trade':
      return tradeEntry(event, book)
    case 'deposited': {
      const target = book.ledgerAccount(event.account)
      return moveEntry(event, { kind: 'exchange.deposit', source: book.transitAccount, target }, book)
    }
    case 'withdrawn': {
      const source = book.ledgerAccount(event.account)
      return moveEntry(event, { kind: 'exchange.withdrawal', source, target: book.transitAccount }, book)
    }
    case 'transferred': {
      const [source, target] = [book.ledgerAccount(event.from), book.ledgerAccount(event.to)]
      return moveEntry(event, { kind: 'exchange.payment', source, target }, book)
    }
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
    else if (event.event === 'transferred') accounts.add(event.from).add(event.to)
  }
  return accounts
}
