import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { silentLogger } from '../../broker/index.ts'
import { EngineLink } from '../engine-link.ts'
import type { BookSnapshot, OrderTerms } from '../exchange.ts'
import { readDepth } from '../market-hub.ts'
import { eventually } from './eventually.ts'
import { btcUsdt, openExchangePlace, order, type ExchangePlace } from './exchange-place.ts'
import { createRandom } from './random-flow.ts'

const marketId = 'BTC-USDT'

describe('order types', () => {
  let place: ExchangePlace
  let link: EngineLink
  let keys = 0
  const key = (): string => `t${(keys += 1)}`
  const trade = (userId: string, terms: OrderTerms) =>
    place.exchange.place({ userId, marketId, key: key(), ...terms })
  const refused = (userId: string, terms: OrderTerms) =>
    trade(userId, terms).then(
      () => 'taken',
      (error: { type?: string }) => error.type,
    )

  before(async () => {
    place = await openExchangePlace()
    link = new EngineLink({ socket: place.engine.socket, log: silentLogger })
    for (const user of ['ann', 'ben', 'cas']) await place.fund(user, { BTC: '1000', USDT: '1000000' })
  })
  afterEach(async () => {
    for (const userId of ['ann', 'ben', 'cas']) await place.exchange.cancelAll({ userId, key: key() })
    await place.assertBalanced()
  })
  after(async () => {
    link.close()
    await place.close()
  })

  it('by quote quantity spend no more than they say', async () => {
    await trade('ann', order('sell 1@100'))
    const spent = await trade('ben', { side: 'buy', type: 'market', quoteQuantity: '50' })
    assert.deepEqual([spent.status, spent.filledQuantity, spent.leavesQuantity], ['filled', '0.5', '0'])
  })

  it('wait for a trigger, off the book, and are refused when it is met already', async () => {
    const stop = { side: 'sell', type: 'stopLimit', quantity: '1', price: '90', triggerPrice: '95' } as const
    const placed = await trade('cas', stop)
    assert.equal(placed.status, 'waiting')
    assert.deepEqual((await place.exchange.depth(marketId, 5)).asks, [])
    await trade('ann', order('buy 0.1@95'))
    const taker = await trade('ben', order('sell 0.1@95'))
    assert.equal(taker.status, 'filled')
    assert.deepEqual((await place.exchange.depth(marketId, 5)).asks, [['90', '1']])
    assert.equal(await refused('cas', { ...stop, triggerPrice: '99' }), 'exchange.would_trigger')
  })

  it('show a part of an iceberg, and the next one when that is gone', async () => {
    await trade('ann', { ...order('sell 1@110'), displayQuantity: '0.3' })
    await trade('ben', order('buy 0.2@110'))
    assert.deepEqual((await place.exchange.depth(marketId, 5)).asks, [['110', '0.1']])
    await trade('ben', order('buy 0.2@110'))
    assert.deepEqual((await place.exchange.depth(marketId, 5)).asks, [['110', '0.2']])
  })

  it('of one owner do not trade when they ask for that', async () => {
    await trade('ann', order('sell 1@100'))
    const own = await trade('ann', { ...order('buy 0.4@100'), selfTradePrevention: 'decrement' })
    assert.deepEqual([own.status, own.filledQuantity, own.fills.length], ['expired', '0', 0])
    assert.deepEqual((await place.exchange.depth(marketId, 5)).asks, [['100', '0.6']])
  })

  it('are amended and replaced in one step each', async () => {
    const { orderId } = await trade('ann', { ...order('sell 1@120'), clientOrderId: 'mine' })
    const request = { userId: 'ann', marketId, key: key() }
    const amended = await place.exchange.amend({ ...request, orderId, quantity: '0.5' })
    assert.deepEqual([amended.leavesQuantity, amended.keepsPriority], ['0.5', true])
    assert.deepEqual(await place.exchange.amend({ ...request, orderId, quantity: '0.5' }), amended)
    const replace = { cancel: { clientOrderId: 'mine' }, place: order('sell 2@121') }
    const moved = { ...request, key: key(), mode: 'stopOnFailure', ...replace } as const
    const replaced = await place.exchange.replace(moved)
    assert.deepEqual([replaced.canceled?.orderId, replaced.placed?.status], [orderId, 'open'])
    await assert.rejects(place.exchange.replace({ ...moved, key: key() }), {
      type: 'exchange.order_not_found',
    })
    const anyway = await place.exchange.replace({ ...moved, key: key(), mode: 'allowFailure' })
    assert.deepEqual(
      [anyway.cancelRefusal, anyway.placed?.status, anyway.canceled],
      ['exchange.order_not_found', 'open', undefined],
    )
  })

  it('hang together in lists: one of a pair cancels the other', async () => {
    await trade('ann', order('buy 0.1@100'))
    await trade('ben', order('sell 0.1@100'))
    const request = { userId: 'cas', marketId, clientListId: 'pair', kind: 'oco', key: key() } as const
    const orders = [
      { ...order('sell 1@130') },
      { side: 'sell', type: 'stop', quantity: '1', triggerPrice: '80' },
    ] as const
    const list = await place.exchange.placeList({ ...request, orders })
    assert.deepEqual(
      list.orders.map(({ status }) => status),
      ['open', 'waiting'],
    )
    assert.deepEqual(await place.exchange.placeList({ ...request, orders }), list)
    await trade('ben', order('buy 1@130'))
    await assert.rejects(
      place.exchange.cancelList({ userId: 'cas', marketId, clientListId: 'pair', key: key() }),
      { type: 'exchange.list_not_found' },
    )
  })

  it('collected before the opening trade in the auction that opens the market', async () => {
    await place.exchange.defineMarket({ ...btcUsdt, state: 'preOpen' })
    const buy = await trade('ann', order('buy 1@105'))
    await trade('ben', order('sell 1@95'))
    assert.equal(buy.status, 'open')
    assert.equal(await refused('cas', order('buy 1')), 'exchange.market_pre_open')
    await place.exchange.defineMarket(btcUsdt)
    const { bids, asks } = await place.exchange.depth(marketId, 5)
    assert.deepEqual({ bids, asks }, { bids: [], asks: [] })
  })

  it('pay fees in a discount asset, which settlement moves too, as it does payments between accounts', async () => {
    await place.fund('ben', { ETH: '1' })
    const rows = (await place.database('exchange_accounts').select('id', 'user_id')) as {
      id: number
      user_id: string
    }[]
    const accountOf = (userId: string): number => rows.find((row) => row.user_id === userId)?.id ?? 0
    const discount = { feeAsset: 'BTC', asset: 'ETH', rate: '10', discountPpm: 250_000 }
    await link.submitMany([
      { op: 'discount', ...discount, key: 'discount' },
      { op: 'account', account: accountOf('ben'), discount: true, key: 'ben-discount' },
      ...[{ op: 'transfer', from: accountOf('cas'), to: accountOf('ben'), asset: 'USDT' } as const].map(
        (payment) => ({ ...payment, amount: '12', key: 'payment' }),
      ),
    ])
    await trade('ann', order('sell 1@100'))
    const taken = await trade('ben', order('buy 1@100'))
    const [{ fee, feeAssetId } = {}] = taken.fills
    assert.deepEqual([fee, feeAssetId], ['0.015', 'ETH'])
    await place.assertBalanced()
  })

  for (const seed of [1, 2, 3]) {
    it(`leave the mirrored book equal to the engine’s through random flow of seed ${seed}`, async () => {
      const random = createRandom(seed * 7919)
      const controller = new AbortController()
      place.exchange.onMarketData(marketId, () => undefined, controller.signal)
      const ids: { userId: string; orderId: string }[] = []
      for (let round = 0; round < 25; round += 1) {
        for (let step = 0; step < 8; step += 1) {
          const userId = ['ann', 'ben', 'cas'][random(3)] as string
          await playRandom(userId, random, ids)
        }
        if (round % 10 === 9) await auction()
        const truth = await readDepth(link, marketId, 10_000)
        let mirrored: BookSnapshot | undefined
        await eventually(`the mirror has the engine’s book in round ${round}`, async () => {
          mirrored = await place.exchange.depth(marketId, 10_000)
          return isDeepStrictEqual(
            { bids: mirrored.bids, asks: mirrored.asks },
            { bids: truth.bids, asks: truth.asks },
          )
        }).catch(() => assert.deepEqual(mirrored, truth))
      }
      controller.abort()
    })
  }

  async function auction(): Promise<void> {
    await place.exchange.defineMarket({ ...btcUsdt, state: 'preOpen' })
    for (const text of ['buy 0.2@104', 'sell 0.15@97', 'buy 0.1@101']) {
      await refused(text.startsWith('buy') ? 'ann' : 'ben', { ...order(text), displayQuantity: '0.05' })
    }
    await place.exchange.defineMarket(btcUsdt)
  }

  async function playRandom(
    userId: string,
    random: (max: number) => number,
    ids: { userId: string; orderId: string }[],
  ): Promise<void> {
    const side = random(2) === 0 ? 'buy' : 'sell'
    const quantity = `0.${1 + random(9)}`
    const price = `${100 + (side === 'buy' ? random(7) - 4 : 4 - random(7))}`
    const modes = ['none', 'decrement', 'expireMaker', 'expireTaker', 'expireBoth'] as const
    const base = { side, quantity, selfTradePrevention: modes[random(5)] ?? 'none' } as const
    const limit = { ...base, type: 'limit', price } as const
    const known = ids[random(ids.length)]
    const choices: (() => Promise<unknown>)[] = [
      () => refused(userId, { ...limit, displayQuantity: '0.1' }),
      () => refused(userId, { ...base, type: 'market' }),
      () => refused(userId, { ...base, type: 'stopLimit', price, triggerPrice: `${98 + random(5)}` }),
      () => refused(userId, { ...base, type: 'stop', triggerPrice: `${98 + random(5)}` }),
      () => refused(userId, { ...base, type: 'takeProfitLimit', price, trailingBips: 100 }),
      () => refused(userId, { ...limit, timeInForce: random(2) === 0 ? 'IOC' : 'FOK' }),
      () =>
        known
          ? place.exchange.amend({ ...known, marketId, key: key(), price, quantity }).catch(() => undefined)
          : Promise.resolve(),
      () =>
        known
          ? place.exchange.cancel({ ...known, marketId, key: key() }).catch(() => undefined)
          : Promise.resolve(),
    ]
    const choice = choices[random(14)]
    if (choice) return void (await choice())
    const placed = await trade(userId, limit).catch(() => undefined)
    if (placed) ids.push({ userId, orderId: placed.orderId })
  }
})
