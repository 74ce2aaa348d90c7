import type { PluginKernel } from '@cambium/kernel'
import type { Fill } from '../routes/orders.ts'
import type { ReviewedTrade } from '../routes/trades.ts'
import { pageOfRows, plainDecimal, readCursor, timeOf } from './columns.ts'
import type { ProjectedFill } from './order-projection.ts'

type Database = PluginKernel['database']

const ROWS_PER_STATEMENT = 250

interface FillRow {
  readonly trade_id: string
  readonly role: Fill['role']
  readonly order_id: string
  readonly market_id: string
  readonly user_id: string
  readonly side: Fill['side']
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly fee_asset_id: string
  readonly seq: string
  readonly time_ms: string
}

function readFill(row: FillRow): Fill {
  return {
    tradeId: row.trade_id,
    orderId: row.order_id,
    marketId: row.market_id,
    side: row.side,
    role: row.role,
    price: plainDecimal(row.price),
    quantity: plainDecimal(row.quantity),
    fee: plainDecimal(row.fee),
    feeAssetId: row.fee_asset_id,
    seq: Number(row.seq),
    time: timeOf(row.time_ms),
  }
}

function fillColumns(fill: ProjectedFill): FillRow {
  return {
    trade_id: fill.tradeId,
    role: fill.role,
    order_id: fill.orderId,
    market_id: fill.marketId,
    user_id: fill.userId,
    side: fill.side,
    price: fill.price,
    quantity: fill.quantity,
    fee: fill.fee,
    fee_asset_id: fill.feeAssetId,
    seq: String(fill.seq),
    time_ms: String(Date.parse(fill.time)),
  }
}

export async function saveFills(trx: Database, fills: readonly ProjectedFill[]): Promise<void> {
  for (let start = 0; start < fills.length; start += ROWS_PER_STATEMENT) {
    await trx('spot_fills').insert(fills.slice(start, start + ROWS_PER_STATEMENT).map(fillColumns))
  }
}

export async function fillsOfOrder(database: Database, orderId: string): Promise<Fill[]> {
  const rows = (await database('spot_fills').where('order_id', orderId).orderBy('seq')) as FillRow[]
  return rows.map(readFill)
}

export interface FillFilter {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly marketId?: string | undefined
  readonly userId?: string | undefined
}

/** A user's fills, newest first. */
export async function pageOfFills(
  database: Database,
  { limit, cursor, marketId, userId }: FillFilter & { readonly userId: string },
): Promise<{ items: Fill[]; nextCursor?: string }> {
  const before = readCursor(cursor)
  const query = database('spot_fills')
    .where('user_id', userId)
    .orderBy('seq', 'desc')
    .limit(limit + 1)
  if (before !== null) query.where('seq', '<', before)
  if (marketId !== undefined) query.where('market_id', marketId)
  const rows = (await query) as FillRow[]
  return pageOfRows(rows.map(readFill), limit, (fill) => fill.seq)
}

type TradeRow = FillRow & {
  readonly maker_user_id: string
  readonly maker_order_id: string
  readonly maker_fee: string
  readonly maker_fee_asset_id: string
}

function readTrade(row: TradeRow): ReviewedTrade {
  return {
    tradeId: row.trade_id,
    marketId: row.market_id,
    price: plainDecimal(row.price),
    quantity: plainDecimal(row.quantity),
    takerSide: row.side,
    takerUserId: row.user_id,
    makerUserId: row.maker_user_id,
    takerOrderId: row.order_id,
    makerOrderId: row.maker_order_id,
    takerFee: plainDecimal(row.fee),
    makerFee: plainDecimal(row.maker_fee),
    takerFeeAssetId: row.fee_asset_id,
    makerFeeAssetId: row.maker_fee_asset_id,
    seq: Number(row.seq),
    time: timeOf(row.time_ms),
  }
}

/** Trades with both parties, newest first; `userId` finds a user on either side. */
export async function pageOfTrades(
  database: Database,
  { limit, cursor, marketId, userId }: FillFilter,
): Promise<{ items: ReviewedTrade[]; nextCursor?: string }> {
  const before = readCursor(cursor)
  const query = database('spot_fills as taker')
    .join('spot_fills as maker', (join) =>
      join.on('maker.trade_id', 'taker.trade_id').andOnVal('maker.role', 'maker'),
    )
    .where('taker.role', 'taker')
    .orderBy('taker.seq', 'desc')
    .limit(limit + 1)
    .select('taker.*', {
      maker_user_id: 'maker.user_id',
      maker_order_id: 'maker.order_id',
      maker_fee: 'maker.fee',
      maker_fee_asset_id: 'maker.fee_asset_id',
    })
  if (before !== null) query.where('taker.seq', '<', before)
  if (marketId !== undefined) query.where('taker.market_id', marketId)
  if (userId !== undefined) {
    query.where((either) => either.where('taker.user_id', userId).orWhere('maker.user_id', userId))
  }
  const rows = (await query) as TradeRow[]
  return pageOfRows(rows.map(readTrade), limit, (trade) => trade.seq)
}
