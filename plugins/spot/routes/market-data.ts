import { decimal, route, signedDecimal, timestamp } from '@cambium/kernel/contract'
import { Array, Enum, Integer, Null, Object, Optional, Tuple, Union, type Static } from 'typebox'
import { marketId } from './markets.ts'
import { spotRefusals } from './refusals.ts'

export const BookLevel = Tuple([decimal, decimal])

export const Book = Object({
  /** The diffs on `spot.book` continue from here. */
  seq: Integer(),
  bids: Array(BookLevel),
  asks: Array(BookLevel),
})
export type Book = Static<typeof Book>

export const showBook = route({
  action: 'spot.books.show',
  rest: 'GET /spot/markets/:marketId/book',
  summary: 'The order book, best prices first',
  permission: 'public',
  params: Object(
    { marketId, limit: Optional(Integer({ minimum: 1, maximum: 1000 })) },
    { additionalProperties: false },
  ),
  result: Book,
  errors: [spotRefusals.market_not_found.code],
})

export const interval = Enum(['1m', '5m', '15m', '1h', '4h', '1d'])
export type Interval = Static<typeof interval>

export const Candle = Object({
  /** Milliseconds since the epoch, start of the interval. */
  openTime: Integer(),
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
  action: 'spot.candles.list',
  rest: 'GET /spot/markets/:marketId/candles',
  summary: 'Candles computed from the trades, oldest first',
  description: 'An interval without a trade has no candle.',
  permission: 'public',
  params: Object(
    {
      marketId,
      interval,
      from: Optional(Integer({ minimum: 0 })),
      to: Optional(Integer({ minimum: 0 })),
      limit: Optional(Integer({ minimum: 1, maximum: 1500 })),
    },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(Candle) }),
  errors: [spotRefusals.market_not_found.code],
})

/** The last 24 hours of a market. Figures are null while nothing has traded. */
export const Ticker = Object({
  marketId,
  last: Union([decimal, Null()]),
  /** Against the price 24 hours ago, in the quote asset. */
  change: Union([signedDecimal, Null()]),
  changePpm: Union([Integer(), Null()]),
  high: Union([decimal, Null()]),
  low: Union([decimal, Null()]),
  volume: decimal,
  quoteVolume: decimal,
  trades: Integer(),
  /** Closing prices of the last 24 hours, oldest first, at most one a quarter of an hour. */
  sparkline: Array(decimal),
})
export type Ticker = Static<typeof Ticker>

export const listTickers = route({
  action: 'spot.tickers.list',
  rest: 'GET /spot/tickers',
  summary: 'What every market did in the last 24 hours',
  permission: 'public',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(Ticker), time: timestamp }),
  errors: [],
})
