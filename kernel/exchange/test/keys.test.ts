import assert from 'node:assert/strict'
import { openExchangePlace, order, startNode, type ExchangePlace } from './exchange-place.ts'

describe('key of an order', () => {
  let place: ExchangePlace
  before(async () => {
    place = await openExchangePlace()
    await place.fund('ann', { USDT: '1000' })
    await place.fund('ben', { BTC: '5' })
  })
  after(() => place.close())

  const sell = (key: string, text = 'sell 1@100') =>
    ({ userId: 'ben', marketId: 'BTC-USDT', key, ...order(text) }) as const
  const buy = (key: string, text: string) =>
    ({ userId: 'ann', marketId: 'BTC-USDT', key, ...order(text) }) as const

  it('answers every repeat as the first time: after the engine’s kill, on another node, and all at once', async () => {
    await place.exchange.place(sell('maker'))
    const first = await place.exchange.place(buy('taker', 'buy 0.5@101'))
    assert.equal(first.fills.length, 1)
    // What the market has become since then is no part of the answer.
    await place.exchange.place(buy('later', 'buy 0.2@100'))
    await place.engine.kill()
    await place.engine.start()
    const other = await startNode(place)
    try {
      const repeats = Array.from({ length: 5 }, () => other.exchange.place(buy('taker', 'buy 0.5@101')))
      for (const repeat of await Promise.all(repeats)) assert.deepEqual(repeat, first)
    } finally {
      await other.stop()
    }
    assert.deepEqual(await place.exchange.place(buy('taker', 'buy 0.5@101')), first)
    await place.assertBalanced()
  })

  it('is refused for anything else: other terms, another command, part of another request', async () => {
    const conflict = { type: 'platform.idempotency_conflict' }
    const { orderId } = await place.exchange.place(sell('mine', 'sell 0.1@200'))
    const of = { userId: 'ben', marketId: 'BTC-USDT' } as const
    await assert.rejects(place.exchange.place(sell('mine', 'sell 0.1@201')), conflict)
    await assert.rejects(place.exchange.cancel({ ...of, orderId, key: 'mine' }), conflict)
    await assert.rejects(place.exchange.cancelAll({ ...of, key: 'mine' }), conflict)
    const all = await place.exchange.cancelAll({ ...of, key: 'all' })
    assert.deepEqual(await place.exchange.cancelAll({ ...of, key: 'all' }), all)
    await assert.rejects(place.exchange.cancelAll({ userId: 'ben', key: 'all' }), conflict)
  })

  it('keeps the refusal it met, whatever has changed since', async () => {
    const refused = async (): Promise<unknown> => {
      const error = await place.exchange.place(buy('poor', 'buy 100@100')).catch((reason: unknown) => reason)
      const { type, data } = error as { type: string; data: object }
      return { type, data }
    }
    const first = await refused()
    assert.equal((first as { type: string }).type, 'exchange.insufficient_funds')
    await place.fund('ann', { USDT: '100000' })
    assert.deepEqual(await refused(), first)
  })
})
