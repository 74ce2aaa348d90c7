import type { Knex } from 'knex'
import type { EngineEvent, TradeEvent } from '@cambium/engine'
import { execute, insertRows, selectRows, transaction } from '../database/index.ts'
import { candlesOf, foldTrade, intervalMs } from './candles.ts'
import { lockCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoints.ts'
import { shortest } from './decimals.ts'
import { candleIntervals, type Candle, type CandleInterval, type PublicTrade } from './exchange.ts'
import { runFollower, type LoopParts } from './follower-loop.ts'
import { publicTrade } from './public-trade.ts'
import type { Shard } from './shards.ts'

/** What the checkpoint of a shard's trades and candles is called. */
export function marketDataName(shard: Shard): string {
  return shard.own('exchange.market_data')
}

interface TradeRow {
  marketId: string
  seq: string
  price: string
  quantity: string
  takerSide: 'buy' | 'sell'
  time: string
}

interface CandleRow extends Omit<Candle, 'openTime'> {
  openTime: string
}

const candleColumns = 'open_time openTime, open, high, low, close, volume, quote_volume quoteVolume, trades'

const saveCandles = `
  INSERT INTO exchange_candles
    (market_id, \`interval\`, open_time, open, high, low, close, volume, quote_volume, trades) VALUES ?
  ON DUPLICATE KEY UPDATE high = VALUES(high), low = VALUES(low), close = VALUES(close),
    volume = VALUES(volume), quote_volume = VALUES(quote_volume), trades = VALUES(trades)`

function toCandle({ openTime, open, high, low, close, volume, quoteVolume, trades }: CandleRow): Candle {
  return {
    openTime: Number(openTime),
    open: shortest(open),
    high: shortest(high),
    low: shortest(low),
    close: shortest(close),
    volume: shortest(volume),
    quoteVolume: shortest(quoteVolume),
    trades,
  }
}

function toTrade({ marketId, seq, price, quantity, takerSide, time }: TradeRow): PublicTrade {
  const numbers = { seq: Number(seq), time: Number(time) }
  return {
    tradeId: String(seq),
    marketId,
    price: shortest(price),
    quantity: shortest(quantity),
    takerSide,
    ...numbers,
  }
}

/** Keeps the trades and candles of a shard's markets, from the same events as the ledger and with a checkpoint of its own. */
export function runMarketData(
  parts: LoopParts & { readonly database: Knex },
  signal: AbortSignal,
): Promise<void> {
  const { database, shard } = parts
  const name = marketDataName(shard)
  const follower = {
    name,
    checkpoint: () => readCheckpoint(database, name),
    apply: (events: readonly EngineEvent[]) => applyMarketData(database, name, events),
  }
  return runFollower(parts, follower, signal)
}

async function applyMarketData(database: Knex, name: string, events: readonly EngineEvent[]): Promise<void> {
  await transaction(database, async (trx) => {
    const applied = await lockCheckpoint(trx, name)
    const fresh = events.filter((event) => event.seq > applied)
    const last = fresh.at(-1)
    if (!last) return
    const trades = fresh.filter((event): event is TradeEvent => event.event === 'trade').map(publicTrade)
    if (trades.length > 0) {
      await insertRows(
        trx,
        'INSERT INTO exchange_trades (market_id, seq, price, quantity, taker_side, time) VALUES ?',
        trades.map(({ marketId, seq, price, quantity, takerSide, time }) => [
          marketId,
          seq,
          price,
          quantity,
          takerSide,
          time,
        ]),
      )
      await foldIntoCandles(trx, trades)
    }
    await moveCheckpoint(trx, name, last.seq)
  })
}

async function foldIntoCandles(trx: Knex.Transaction, trades: readonly PublicTrade[]): Promise<void> {
  const byMarket = Map.groupBy(trades, (trade) => trade.marketId)
  for (const [marketId, ofMarket] of byMarket) {
    const rows: unknown[][] = []
    for (const interval of candleIntervals) {
      const candles = await readTouched(trx, { marketId, interval, trades: ofMarket })
      for (const trade of ofMarket) {
        const openTime = trade.time - (trade.time % intervalMs[interval])
        candles.set(openTime, foldTrade(candles.get(openTime), trade, interval))
      }
      for (const candle of candles.values()) rows.push(candleRow(marketId, interval, candle))
    }
    await insertRows(trx, saveCandles, rows)
  }
}

function candleRow(marketId: string, interval: CandleInterval, candle: Candle): unknown[] {
  const { openTime, open, high, low, close, volume, quoteVolume, trades } = candle
  return [marketId, interval, openTime, open, high, low, close, volume, quoteVolume, trades]
}

async function readTouched(
  trx: Knex.Transaction,
  touched: { marketId: string; interval: CandleInterval; trades: readonly PublicTrade[] },
): Promise<Map<number, Candle>> {
  const { marketId, interval, trades } = touched
  const times = new Set(trades.map(({ time }) => time - (time % intervalMs[interval])))
  const rows = await selectRows<CandleRow>(
    trx,
    `SELECT ${candleColumns} FROM exchange_candles WHERE market_id = ? AND \`interval\` = ? AND open_time IN (?) FOR UPDATE`,
    [marketId, interval, [...times]],
  )
  return new Map(rows.map((row) => [Number(row.openTime), toCandle(row)]))
}

export async function readTrades(
  database: Knex,
  { marketId, limit, beforeSeq }: { marketId: string; limit: number; beforeSeq?: number },
): Promise<readonly PublicTrade[]> {
  const rows = await selectRows<TradeRow>(
    database,
    `SELECT market_id marketId, seq, price, quantity, taker_side takerSide, time FROM exchange_trades
     WHERE market_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
    [marketId, beforeSeq ?? Number.MAX_SAFE_INTEGER, limit],
  )
  return rows.map((row) => toTrade(row))
}

export interface CandleQuery {
  readonly marketId: string
  readonly interval: CandleInterval
  readonly from?: number
  readonly to?: number
  readonly limit: number
}

/** The newest candles of the range, oldest first. A time without trades has no candle. */
export async function readCandles(
  database: Knex,
  { marketId, interval, from = 0, to = Number.MAX_SAFE_INTEGER, limit }: CandleQuery,
): Promise<readonly Candle[]> {
  const rows = await selectRows<CandleRow>(
    database,
    `SELECT ${candleColumns} FROM exchange_candles
     WHERE market_id = ? AND \`interval\` = ? AND open_time >= ? AND open_time < ? ORDER BY open_time DESC LIMIT ?`,
    [marketId, interval, from, to, limit],
  )
  return rows.map((row) => toCandle(row)).reverse()
}

/** Replaces the market's candles by those its stored trades give: the same rows, unless somebody changed them. */
export async function recomputeCandles(database: Knex, shard: Shard, marketId: string): Promise<void> {
  await transaction(database, async (trx) => {
    await lockCheckpoint(trx, marketDataName(shard))
    const statement = 'SELECT price, quantity, time FROM exchange_trades WHERE market_id = ? ORDER BY seq'
    const rows = await selectRows<TradeRow>(trx, statement, [marketId])
    const trades = rows.map(({ price, quantity, time }) => {
      return { price: shortest(price), quantity: shortest(quantity), time: Number(time) }
    })
    await execute(trx, 'DELETE FROM exchange_candles WHERE market_id = ?', [marketId])
    for (const interval of candleIntervals) {
      const candles = candlesOf(trades, interval).map((candle) => candleRow(marketId, interval, candle))
      await insertRows(trx, saveCandles, candles)
    }
  })
}
