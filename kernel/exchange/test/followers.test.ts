import assert from 'node:assert/strict'
import type { Follower } from '../exchange.ts'
import type { MarketEvent } from '../market-event.ts'
import { eventually } from './eventually.ts'
import { openExchangePlace, order, startNode, type ExchangePlace } from './exchange-place.ts'

/** Keeps what it is given, and can be made to fail. */
function createFollower(
  name: string,
): Follower & { readonly events: MarketEvent[]; seq: number; failures: number } {
  const follower = {
    name,
    events: [] as MarketEvent[],
    seq: 0,
    failures: 0,
    checkpoint: () => Promise.resolve(follower.seq),
    apply: (events: readonly MarketEvent[], lastSeq: number) => {
      if (follower.failures > 0) {
        follower.failures -= 1
        return Promise.reject(new Error('the database is away'))
      }
      follower.events.push(...events)
      follower.seq = lastSeq
      return Promise.resolve()
    },
  }
  return follower
}

describe('follower', () => {
  let place: ExchangePlace
  let keys = 0
  before(async () => {
    place = await openExchangePlace()
    await place.fund('alice', { USDT: '100000' })
    await place.fund('bob', { BTC: '50' })
  })
  after(() => place.close())

  const trade = (userId: string, text: string) =>
    place.exchange.place({ userId, marketId: 'BTC-USDT', key: `f${(keys += 1)}`, ...order(text) })

  it('is given every market event once and in order, with platform ids', async () => {
    const follower = createFollower('test.all')
    const controller = new AbortController()
    const following = place.exchange.follow(follower, controller.signal)
    const { orderId: maker } = await trade('bob', 'sell 1@100')
    const { orderId: taker, fills } = await trade('alice', 'buy 2@100')
    await place.exchange.cancel({
      userId: 'alice',
      marketId: 'BTC-USDT',
      orderId: taker,
      key: 'cancel-taker',
    })
    await place.exchange.readYourWrites('test.all', 'alice')
    const mine = follower.events.filter((event) => event.seq >= Number(maker))
    assert.deepEqual(
      mine.map((event) => event.event),
      ['accepted', 'accepted', 'trade', 'canceled'],
    )
    const [, , traded, canceled] = mine
    assert.ok(traded?.event === 'trade' && canceled?.event === 'canceled')
    assert.deepEqual(
      [traded.tradeId, traded.takerOrderId, traded.makerOrderId, traded.takerUserId, traded.makerUserId],
      [fills[0]?.tradeId, taker, maker, 'alice', 'bob'],
    )
    assert.equal(canceled.leavesQuantity, '1')
    controller.abort()
    await following
  })

  it('is given a batch again when it could not apply it', async () => {
    const follower = createFollower('test.failing')
    follower.failures = 2
    const controller = new AbortController()
    const following = place.exchange.follow(follower, controller.signal)
    const { seq } = await trade('bob', 'sell 0.1@200')
    await place.exchange.readYourWrites('test.failing', 'bob')
    assert.ok(follower.seq >= seq)
    const seqs = follower.events.map((event) => event.seq)
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((left, right) => left - right),
    )
    controller.abort()
    await following
  })

  it('hands over to its next generation without a gap or a repeat', async () => {
    const follower = createFollower('test.swapped')
    for (let generation = 0; generation < 5; generation += 1) {
      const controller = new AbortController()
      const following = place.exchange.follow(follower, controller.signal)
      await trade('bob', 'sell 0.01@300')
      if (generation % 2 === 0) await place.exchange.readYourWrites('test.swapped', 'bob')
      controller.abort()
      if (generation % 2 === 0) await following
    }
    const controller = new AbortController()
    const following = place.exchange.follow(follower, controller.signal)
    await trade('bob', 'sell 0.01@300')
    await place.exchange.readYourWrites('test.swapped', 'bob')
    const own = follower.events.filter((event) => event.event === 'accepted' && event.price === '300')
    assert.equal(own.length, 6)
    assert.equal(new Set(follower.events.map((event) => event.seq)).size, follower.events.length)
    controller.abort()
    await following
  })

  it('lets the user who wrote read the write, on this node and on another', async () => {
    const other = await startNode(place)
    const follower = createFollower('test.elsewhere')
    const controller = new AbortController()
    const following = other.exchange.follow(follower, controller.signal)
    try {
      for (let round = 0; round < 40; round += 1) {
        const { seq } = await trade('bob', 'sell 0.01@400')
        await (round % 2 === 0 ? place : other).exchange.readYourWrites('test.elsewhere', 'bob')
        assert.ok(follower.seq >= seq, `round ${round}`)
      }
    } finally {
      controller.abort()
      await following
      await other.stop()
    }
  })

  it('is given nothing by an engine that is behind its checkpoint', async () => {
    const follower = createFollower('test.ahead')
    follower.seq = 1_000_000
    const controller = new AbortController()
    const following = place.exchange.follow(follower, controller.signal)
    await trade('bob', 'sell 0.01@500')
    await place.exchange.cancelAll({ userId: 'bob', key: 'ahead-clear' })
    controller.abort()
    await following
    assert.deepEqual(follower.events, [])
  })

  it('reports how far it is behind the engine', async () => {
    const status = place.exchange.implementations.find(
      ({ route }) => route['action'] === 'exchange.status.show',
    )
    const show = status?.handler as unknown as (
      call: object,
    ) => Promise<{ followers: { name: string; lag: number }[] }>
    await eventually('settlement has no lag', async () => {
      const { followers } = await show({})
      return followers.find(({ name }) => name === 'exchange.settlement')?.lag === 0
    })
  })
})
