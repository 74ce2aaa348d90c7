import assert from 'node:assert/strict'
import { io, type Socket } from 'socket.io-client'
import { updatedBook, type BookUpdate, type LiveBook } from '../portal/live-book.ts'
import { showBook } from '../routes/market-data.ts'
import { haltMarket, resumeMarket, type Market } from '../routes/markets.ts'
import { placeOrder } from '../routes/orders.ts'
import {
  eventually,
  openBitcoinMarket,
  openSpotPlace,
  order,
  type SpotPlace,
  type Trader,
} from './spot-place.ts'

interface Answer {
  readonly ok: boolean
  readonly snapshot?: unknown
  readonly problem?: { readonly status: number }
}

describe('spot channels', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader
  let ben: Trader
  let socket: Socket
  const messages: { channel: string; data: unknown }[] = []

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader({ USDT: '100000', BTC: '2' })
    ben = await place.trader({ USDT: '100000', BTC: '2' })
    socket = io(place.kernel.origin, { transports: ['websocket'] })
    socket.on('message', (message: { channel: string; data: unknown }) => messages.push(message))
  })
  after(async () => {
    socket.disconnect()
    await place.kernel.stop()
  })

  const subscribe = (channel: string): Promise<Answer> =>
    socket.emitWithAck('subscribe', { channel }) as Promise<Answer>
  const heard = <T>(channel: string): T[] =>
    messages.filter((message) => message.channel === channel).map(({ data }) => data as T)

  it('give a book that, with its changes, equals the one asked for', async () => {
    const { snapshot } = await subscribe('spot.book:BTC-USDT')
    await place.call(placeOrder, order('sell 0.4 @ 60000'), ben)
    await place.call(placeOrder, order('buy 0.1 @ 59000'), ada)
    await place.call(placeOrder, order('buy 0.3 @ 60000'), ada)
    const followed = await eventually(
      async () =>
        heard<BookUpdate>('spot.book:BTC-USDT').reduce<LiveBook | null>(
          (book, update) => book && updatedBook(book, update),
          snapshot as LiveBook,
        ),
      (book) => book?.asks[0]?.[1] === '0.1' && book.bids.length === 1,
    )
    const asked = await place.call(showBook, { marketId: 'BTC-USDT' })
    assert.deepEqual([followed?.bids, followed?.asks], [asked.bids, asked.asks])
  })

  it('tell of trades, of the day and of the running candle', async () => {
    await subscribe('spot.trades:BTC-USDT')
    await subscribe('spot.ticker:all')
    await subscribe('spot.candles:BTC-USDT/1m')
    await place.call(placeOrder, order('buy 0.05 @ 60000'), ada)
    interface Items<T> {
      readonly items: readonly T[]
    }
    const [trades] = await eventually(
      async () => heard<Items<{ quantity: string; price: string }>>('spot.trades:BTC-USDT'),
      (told) => told.length > 0,
    )
    assert.deepEqual([trades?.items[0]?.price, trades?.items[0]?.quantity], ['60000', '0.05'])
    await eventually(
      async () => heard<Items<{ last: string; volume: string }>>('spot.ticker:all').at(-1),
      (told) => told?.items[0]?.last === '60000' && told.items[0].volume === '0.35',
    )
    await eventually(
      async () => heard<Items<{ close: string }>>('spot.candles:BTC-USDT/1m').at(-1),
      (told) => told?.items.at(-1)?.close === '60000',
    )
  })

  it('tell every open page that a market was halted', async () => {
    const { snapshot } = await subscribe('spot.markets:all')
    assert.equal((snapshot as { items: Market[] }).items[0]?.state, 'trading')
    await place.call(haltMarket, { marketId: 'BTC-USDT' })
    const [told] = await eventually(
      async () => heard<{ items: Market[] }>('spot.markets:all'),
      (messages) => messages.length > 0,
    )
    assert.equal(told?.items[0]?.state, 'cancelOnly')
    await place.call(resumeMarket, { marketId: 'BTC-USDT' })
  })

  it('of users are closed to strangers, and those of markets that are not there are refused', async () => {
    assert.equal((await subscribe('spot.orders:me')).ok, false)
    assert.equal((await subscribe('spot.balances:me')).ok, false)
    assert.equal((await subscribe('spot.book:DOGE-USDT')).ok, false)
    assert.equal((await subscribe('spot.candles:BTC-USDT/7m')).ok, false)
  })
})
