import { decimal, id, pageOf, route, side } from '../../contract/index.ts'
import { Array, Enum, Integer, Object, Optional, Tuple, type Static } from 'typebox'
import { candleIntervals, marketStates } from '../exchange.ts'

const milliseconds = Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const seq = Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const limit = Optional(Integer({ minimum: 1, maximum: 5000 }))

export const Market = Object({
  id,
  baseAssetId: id,
  quoteAssetId: id,
  tickSize: decimal,
  lotSize: decimal,
  notionalMin: decimal,
  makerFeePpm: Integer(),
  takerFeePpm: Integer(),
  state: Enum([...marketStates]),
})
export type Market = Static<typeof Market>

export const listMarkets = route({
  action: 'exchange.markets.list',
  rest: 'GET /exchange/markets',
  summary: 'List the markets of the engine',
  permission: 'public',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(Market) }),
  errors: [],
})

export const showMarket = route({
  action: 'exchange.markets.show',
  rest: 'GET /exchange/markets/:marketId',
  summary: 'Show a market',
  permission: 'public',
  params: Object({ marketId: id }, { additionalProperties: false }),
  result: Market,
  errors: ['exchange.market_not_found'],
})

const level = Tuple([decimal, decimal])

export const Book = Object({ seq, bids: Array(level), asks: Array(level) })
export type Book = Static<typeof Book>

export const showBook = route({
  action: 'exchange.books.show',
  rest: 'GET /exchange/books/:marketId',
  summary: 'Show a market’s order book by levels, best price first',
  description: '`seq` is the last engine event in it. Each level is `[price, quantity]`.',
  permission: 'public',
  params: Object({ marketId: id, limit }, { additionalProperties: false }),
  result: Book,
  errors: ['exchange.market_not_found', 'exchange.engine_unavailable'],
})

export const Trade = Object({
  tradeId: id,
  marketId: id,
  price: decimal,
  quantity: decimal,
  takerSide: side,
  seq,
  time: milliseconds,
})
export type Trade = Static<typeof Trade>

export const listTrades = route({
  action: 'exchange.trades.list',
  rest: 'GET /exchange/trades',
  summary: 'List a market’s trades, newest first',
  description: 'For the next page pass the `seq` of the last trade as `beforeSeq`.',
  permission: 'public',
  params: Object({ marketId: id, limit, beforeSeq: Optional(seq) }, { additionalProperties: false }),
  result: pageOf(Trade),
  errors: [],
})

export const Candle = Object({
  openTime: milliseconds,
  open: decimal,
  high: decimal,
  low: decimal,
  close: decimal,
  volume: decimal,
  quoteVolume: decimal,
  trades: Integer(),
})
export type Candle = Static<typeof Candle>

export const listCandles = route({
  action: 'exchange.candles.list',
  rest: 'GET /exchange/candles',
  summary: 'List a market’s candles, oldest first',
  description:
    'The newest `limit` candles of the range `from` (inclusive) to `to` (exclusive). A time without trades has no candle.',
  permission: 'public',
  params: Object(
    {
      marketId: id,
      interval: Enum([...candleIntervals]),
      from: Optional(milliseconds),
      to: Optional(milliseconds),
      limit,
    },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(Candle) }),
  errors: [],
})
