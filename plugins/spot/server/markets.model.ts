import type { PluginKernel } from '@cambium/kernel'
import type { Market } from '../routes/markets.ts'
import { plainDecimal, timeOf } from './columns.ts'

type Database = PluginKernel['database']

interface MarketRow {
  readonly id: string
  readonly base_asset_id: string
  readonly quote_asset_id: string
  readonly tick_size: string
  readonly lot_size: string
  readonly notional_min: string
  readonly maker_fee_ppm: number
  readonly taker_fee_ppm: number
  readonly state: Market['state']
  readonly sort_order: number
  readonly revision: number
  readonly created_at_ms: string
}

function readMarket(row: MarketRow): Market {
  return {
    id: row.id,
    baseAssetId: row.base_asset_id,
    quoteAssetId: row.quote_asset_id,
    tickSize: plainDecimal(row.tick_size),
    lotSize: plainDecimal(row.lot_size),
    notionalMin: plainDecimal(row.notional_min),
    makerFeePpm: row.maker_fee_ppm,
    takerFeePpm: row.taker_fee_ppm,
    state: row.state,
    sortOrder: row.sort_order,
    revision: row.revision,
    createdAt: timeOf(row.created_at_ms),
  }
}

function marketColumns(market: Market): MarketRow {
  return {
    id: market.id,
    base_asset_id: market.baseAssetId,
    quote_asset_id: market.quoteAssetId,
    tick_size: market.tickSize,
    lot_size: market.lotSize,
    notional_min: market.notionalMin,
    maker_fee_ppm: market.makerFeePpm,
    taker_fee_ppm: market.takerFeePpm,
    state: market.state,
    sort_order: market.sortOrder,
    revision: market.revision,
    created_at_ms: String(Date.parse(market.createdAt)),
  }
}

export async function allMarkets(database: Database): Promise<Market[]> {
  const rows = (await database('spot_markets').orderBy(['sort_order', 'id'])) as MarketRow[]
  return rows.map(readMarket)
}

export async function findMarket(database: Database, marketId: string): Promise<Market | null> {
  const row = (await database('spot_markets').where('id', marketId).first()) as MarketRow | undefined
  return row === undefined ? null : readMarket(row)
}

/** Reads a market to change it: nobody else may until the transaction ends. */
export async function lockMarket(trx: Database, marketId: string): Promise<Market | null> {
  const row = (await trx('spot_markets').where('id', marketId).forUpdate().first()) as MarketRow | undefined
  return row === undefined ? null : readMarket(row)
}

export async function insertMarket(trx: Database, market: Market): Promise<void> {
  await trx('spot_markets').insert(marketColumns(market))
}

export async function updateMarketRow(trx: Database, market: Market): Promise<void> {
  const { id, ...columns } = marketColumns(market)
  await trx('spot_markets').where({ id }).update(columns)
}
