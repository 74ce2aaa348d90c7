import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { readDepth } from '../market-hub.ts'
import { EngineLink } from '../engine-link.ts'
import { silentLogger } from '../../broker/index.ts'
import type { BookLevel, BookSnapshot, MarketDataUpdate } from '../exchange.ts'
import { eventually } from './eventually.ts'
import { openExchangePlace, type ExchangePlace } from './exchange-place.ts'
import { createRandom, randomOrder } from './random-flow.ts'

/** What a subscriber makes of a snapshot and the updates after it. */
class Subscriber {
  readonly bids = new Map<string, string>()
  readonly asks = new Map<string, string>()
  seq: number

  constructor({ seq, bids, asks }: BookSnapshot) {
    this.seq = seq
    for (const [price, quantity] of bids) this.bids.set(price, quantity)
    for (const [price, quantity] of asks) this.asks.set(price, quantity)
  }

  take({ fromSeq, seq, bids, asks }: MarketDataUpdate): void {
    if (seq <= this.seq) return
    assert.ok(fromSeq <= this.seq, `nothing between ${this.seq} and ${fromSeq} was missed`)
    for (const [levels, changes] of [[this.bids, bids] as const, [this.asks, asks] as const]) {
      for (const [price, quantity] of changes) {
        if (quantity === '0') levels.delete(price)
        else levels.set(price, quantity)
      }
    }
    this.seq = seq
  }

  book(): { bids: BookLevel[]; asks: BookLevel[] } {
    return { bids: sorted([...this.bids]), asks: sorted([...this.asks]) }
  }
}

function sorted(levels: readonly BookLevel[]): BookLevel[] {
  return [...levels].sort(([left], [right]) => (left < right ? -1 : 1))
}

describe('market hub', () => {
  let place: ExchangePlace
  before(async () => {
    place = await openExchangePlace()
    for (const user of ['ann', 'ben', 'cas']) await place.fund(user, { BTC: '1000', USDT: '1000000' })
  })
  after(() => place.close())

  for (const seed of [1, 2, 3]) {
    it(`keeps a book equal to the engine’s through random flow of seed ${seed}`, async () => {
      const { exchange } = place
      const random = createRandom(seed)
      const controller = new AbortController()
      const updates: MarketDataUpdate[] = []
      exchange.onMarketData('BTC-USDT', (update) => updates.push(update), controller.signal)
      const traded: string[] = []
      const told: string[] = []
      let toldFrom: number | undefined
      let subscriber: Subscriber | undefined
      const open: { userId: string; orderId: string }[] = []
      for (let round = 0; round < 30; round += 1) {
        const orders = Array.from({ length: 10 }, (_, index) => {
          const userId = ['ann', 'ben', 'cas'][random(3)] as string
          return randomOrder(random, userId, `flow-${seed}-${round}-${index}`)
        })
        const placed = await Promise.all(orders.map((order) => exchange.place(order)))
        placed.forEach(({ orderId, status, fills }, index) => {
          traded.push(...fills.map((fill) => fill.tradeId))
          if (status === 'open') open.push({ userId: orders[index]?.userId ?? '', orderId })
        })
        const stale = open.splice(0, random(3))
        for (const [index, { userId, orderId }] of stale.entries()) {
          const cancel = { userId, orderId, marketId: 'BTC-USDT', key: `stale-${seed}-${round}-${index}` }
          await exchange.cancel(cancel).catch((error: { type?: string }) => {
            assert.equal(error.type, 'exchange.order_not_found')
          })
        }
        if (round === 10) subscriber = new Subscriber(await exchange.depth('BTC-USDT', 10_000))
      }
      const link = new EngineLink({ socket: place.engine.socket, log: silentLogger })
      const truth = await readDepth(link, 'BTC-USDT', 10_000)
      link.close()
      const mirrored = await exchange.depth('BTC-USDT', 10_000)
      assert.deepEqual({ bids: mirrored.bids, asks: mirrored.asks }, { bids: truth.bids, asks: truth.asks })
      assert.ok(truth.bids.length > 0 && truth.asks.length > 0, 'the book is not empty')

      const expected = { bids: sorted(truth.bids), asks: sorted(truth.asks) }
      await eventually('the subscriber has the engine’s book', () => {
        for (const update of updates.splice(0)) {
          toldFrom ??= update.fromSeq
          told.push(...update.trades.map((trade) => trade.tradeId))
          subscriber?.take(update)
        }
        return isDeepStrictEqual(subscriber?.book(), expected)
      })
      // Listening starts when the hub has read the book; a trade's id is its seq.
      const due = traded.filter((tradeId) => BigInt(tradeId) > BigInt(toldFrom ?? 0))
      assert.ok(due.length > 0, 'there were trades to tell of')
      assert.deepEqual(told, due, 'every trade was told once and in order')
      controller.abort()
      await place.assertBalanced()
    })
  }

  it('begins to tell of a market that is defined after it was asked for', async () => {
    const { exchange } = place
    const controller = new AbortController()
    const updates: MarketDataUpdate[] = []
    exchange.onMarketData('ETH-USDT', (update) => updates.push(update), controller.signal)
    const sizes = { tickSize: '0.01', lotSize: '0.0001', notionalMin: '0', makerFeePpm: 0, takerFeePpm: 0 }
    const assets = { baseAssetId: 'ETH', quoteAssetId: 'USDT' }
    await exchange.defineMarket({ id: 'ETH-USDT', ...assets, ...sizes, state: 'trading' })
    let key = 0
    await eventually('an order is told of', async () => {
      const order = { side: 'buy', type: 'limit', price: '10', quantity: '1' } as const
      await exchange.place({ userId: 'ann', marketId: 'ETH-USDT', key: `eth-${(key += 1)}`, ...order })
      return updates.some(({ bids }) => bids.some(([price]) => price === '10'))
    })
    controller.abort()
  })

  it('refuses the book of a market that is not there', async () => {
    await assert.rejects(place.exchange.depth('NO-MARKET', 10), { type: 'exchange.market_not_found' })
  })
})
