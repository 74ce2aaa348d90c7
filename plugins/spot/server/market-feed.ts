import {
  candleIntervals,
  type Candle,
  type CandleInterval,
  type MarketDataUpdate,
  type PluginKernel,
} from '@cambium/kernel'
import type { MarketDesk } from './market-desk.ts'
import type { TickerBoard } from './ticker-board.ts'
import { spotRefusals } from '../routes/refusals.ts'

const BOOK_LEVELS = 500
const TRADES_SHOWN = 60
const FLUSH_MS = 250
const SEARCH_MS = 5_000
const MINUTE_MS = 60_000

/** A candle reaches the database a moment after its trade: a market is looked at this often after the last one. */
const LOOKS_AFTER_TRADE = 3

interface CandleKey {
  readonly marketId: string
  readonly interval: CandleInterval
}

function readCandleKey(key: string): CandleKey {
  const [marketId = '', name] = key.split('/')
  const interval = candleIntervals.find((known) => known === name)
  if (!interval) throw spotRefusals.market_not_found({ marketId: key })
  return { marketId, interval }
}

export interface MarketFeed {
  /** Starts to publish a market at once, without waiting to be found. */
  watch(marketId: string): void
  /** Tells every open page how the markets stand now. */
  announce(): Promise<void>
}

/** Publishes books, trades, tickers and running candles of every market to whoever has subscribed. */
export function startMarketFeed(kernel: PluginKernel, desk: MarketDesk, board: TickerBoard): MarketFeed {
  const { exchange, channels } = kernel
  const watched = new Set<string>()
  const looksLeft = new Map<string, number>()
  const candleKeys = new Map<string, CandleKey>()
  let watchSignal: AbortSignal | null = null

  function publishUpdate(marketId: string, { trades, ...book }: MarketDataUpdate): void {
    channels.publish('spot.book', marketId, book)
    if (trades.length === 0) return
    channels.publish('spot.trades', marketId, { items: trades.toReversed() })
    looksLeft.set(marketId, LOOKS_AFTER_TRADE)
  }

  function watch(marketId: string): void {
    if (watchSignal === null || watched.has(marketId)) return
    watched.add(marketId)
    exchange.onMarketData(marketId, (update) => publishUpdate(marketId, update), watchSignal)
    looksLeft.set(marketId, 1)
  }

  function recentCandles({ marketId, interval }: CandleKey): Promise<readonly Candle[]> {
    return exchange.candles({ marketId, interval, limit: 2 })
  }

  async function publishFigures(marketId: string): Promise<void> {
    const now = Date.now()
    await board.refresh(marketId, now)
    channels.publish('spot.ticker', 'all', { items: [board.ticker(marketId, now)] })
    for (const [key, candleKey] of candleKeys) {
      if (candleKey.marketId !== marketId) continue
      channels.publish('spot.candles', key, { items: await recentCandles(candleKey) })
    }
  }

  channels.provide('spot.book', async ({ key }) => {
    const { id } = await desk.require(key)
    // A market of another node's making may not have been found yet.
    watch(id)
    return await exchange.depth(id, BOOK_LEVELS)
  })
  channels.provide('spot.trades', async ({ key }) => ({
    items: await exchange.trades({ marketId: (await desk.require(key)).id, limit: TRADES_SHOWN }),
  }))
  channels.provide('spot.markets', async () => ({ items: await desk.all() }))
  channels.provide('spot.ticker', async () => {
    const now = Date.now()
    return { items: (await desk.all()).map((market) => board.ticker(market.id, now)) }
  })
  channels.provide('spot.candles', async ({ key }) => {
    const candleKey = readCandleKey(key)
    await desk.require(candleKey.marketId)
    candleKeys.set(key, candleKey)
    return { items: await recentCandles(candleKey) }
  })

  kernel.every(FLUSH_MS, async () => {
    for (const [marketId, looks] of looksLeft) {
      if (looks === 1) looksLeft.delete(marketId)
      else looksLeft.set(marketId, looks - 1)
      await publishFigures(marketId)
    }
  })
  // A quiet market's figures still change: what is older than a day leaves them.
  kernel.every(MINUTE_MS, async () => {
    for (const marketId of watched) await publishFigures(marketId)
  })
  const watchAll = async (): Promise<void> => {
    for (const market of await desk.all()) watch(market.id)
  }
  kernel.background('spot.marketFeed', async (signal) => {
    watchSignal = signal
    await watchAll()
  })
  // Finds the markets that another node has created.
  kernel.every(SEARCH_MS, watchAll)
  return {
    watch,
    async announce() {
      channels.publish('spot.markets', 'all', { items: await desk.all() })
    },
  }
}
