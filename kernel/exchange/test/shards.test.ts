import assert from 'node:assert/strict'
import { mainShard } from '../../engine-shards.ts'
import { transaction } from '../../database/index.ts'
import { fundingAccountId, spotAccountId } from '../accounts.ts'
import type { MarketEvent } from '../market-event.ts'
import { shardNumberOf } from '../platform-seq.ts'
import { eventually } from './eventually.ts'
import { btcUsdt, openExchangePlace, order, startNode, type ExchangePlace } from './exchange-place.ts'

const ethUsdt = { ...btcUsdt, id: 'ETH-USDT', baseAssetId: 'ETH', lotSize: '0.0001' } as const

/** Two engines: BTC-USDT in main, ETH-USDT in alts. */
async function openShards(): Promise<ExchangePlace> {
  const place = await openExchangePlace({ engineShards: 'alts=ETH-*' })
  await place.exchange.defineMarket(ethUsdt)
  return place
}

describe('engine shards', () => {
  let place: ExchangePlace
  let keys = 0
  before(async () => {
    place = await openShards()
    await place.fund('ann', { USDT: '1000' })
    await place.fund('ben', { BTC: '5', ETH: '10' })
  })
  after(() => place.close())

  const key = (): string => `s${(keys += 1)}`
  const trade = (userId: string, marketId: string, text: string) =>
    place.exchange.place({ userId, marketId, key: key(), ...order(text) })
  const move = (
    userId: string,
    assetId: string,
    amount: string,
    [sourceShard, targetShard]: [string, string],
  ) =>
    place.exchange.transfer({
      userId,
      assetId,
      amount,
      source: 'spot',
      target: 'spot',
      sourceShard,
      targetShard,
      key: key(),
    })
  const moveToAlts = (userId: string, assetId: string, amount: string) =>
    move(userId, assetId, amount, ['main', 'alts'])
  const inLedger = async (account: string, assetId: string): Promise<string> => {
    const found = await place.ledger.balances([account])
    return String(found.find((balance) => balance.assetId === assetId)?.available ?? 0n)
  }

  it('pay for an order with what the market’s own shard has, and tell where the rest is', async () => {
    const refusal = await trade('ann', 'ETH-USDT', 'buy 1@100').catch((error: unknown) => error)
    const { type, data } = refusal as { type: string; data: object }
    assert.equal(type, 'exchange.insufficient_funds')
    const elsewhere = [{ shard: 'main', assetId: 'USDT', available: '1000' }]
    assert.partialDeepStrictEqual(data, { shard: 'alts', elsewhere })
    assert.equal((await moveToAlts('ann', 'USDT', '300')).state, 'done')
    assert.equal((await trade('ann', 'ETH-USDT', 'buy 1@100')).status, 'open')
    const usdt = async (marketId?: string) =>
      (await place.exchange.balances('ann', marketId)).find(({ assetId }) => assetId === 'USDT')
    assert.deepEqual(await usdt(), {
      assetId: 'USDT',
      available: '900',
      held: '100',
      shards: [
        { shard: 'main', available: '700', held: '0' },
        { shard: 'alts', available: '200', held: '100' },
      ],
    })
    assert.deepEqual(await usdt('ETH-USDT'), { assetId: 'USDT', available: '200', held: '100' })
    await place.assertBalanced()
  })

  it('trade side by side, each order and trade under an id that is nobody else’s', async () => {
    await moveToAlts('ben', 'ETH', '4')
    const events: MarketEvent[] = []
    const checkpoints = new Map<string, number>()
    const controller = new AbortController()
    const follower = {
      name: 'test.both',
      checkpoint: (name: string) => Promise.resolve(checkpoints.get(name) ?? 0),
      apply: (batch: readonly MarketEvent[], lastSeq: number, name: string) => {
        events.push(...batch)
        checkpoints.set(name, lastSeq)
        return Promise.resolve()
      },
    }
    const following = place.exchange.follow(follower, controller.signal)
    const inAlts = await trade('ben', 'ETH-USDT', 'sell 0.5@100')
    const inMain = await trade('ben', 'BTC-USDT', 'sell 1@100')
    const taken = await trade('ann', 'BTC-USDT', 'buy 1@100')
    assert.deepEqual([inAlts.seq, inMain.seq].map(shardNumberOf), [1, 0])
    assert.equal(inAlts.fills[0]?.price, '100')
    await place.exchange.readYourWrites('test.both', 'ann')
    await place.exchange.readYourWrites('test.both', 'ben')
    controller.abort()
    await following
    assert.deepEqual([...checkpoints.keys()].toSorted(), ['test.both', 'test.both@alts'])
    const ids = events.filter((event) => event.event === 'accepted').map(({ orderId }) => orderId)
    for (const { orderId } of [inAlts, inMain, taken]) assert.ok(ids.includes(orderId))
    assert.equal(new Set(ids).size, ids.length)
    for (const [marketId, { fills }] of [
      ['ETH-USDT', inAlts],
      ['BTC-USDT', taken],
    ] as const) {
      const [stored] = await place.exchange.trades({ marketId, limit: 1 })
      assert.equal(stored?.tradeId, fills[0]?.tradeId)
    }
    const { bids } = await place.exchange.depth('ETH-USDT', 5)
    assert.deepEqual(bids, [['100', '0.5']])
    await place.assertBalanced()
  })

  it('do not know each other’s orders, and are all cleared by one cancel', async () => {
    const { orderId } = await trade('ben', 'BTC-USDT', 'sell 1@200')
    await trade('ben', 'ETH-USDT', 'sell 1@200')
    await assert.rejects(
      place.exchange.cancel({ userId: 'ben', marketId: 'ETH-USDT', orderId, key: key() }),
      { type: 'exchange.order_not_found' },
    )
    const request = { userId: 'ben', key: key() }
    const all = await place.exchange.cancelAll(request)
    assert.equal(all.canceled, 2)
    assert.deepEqual(await place.exchange.cancelAll(request), all)
  })

  it('have accounts of their own in the ledger, and the check names the one that is wrong', async () => {
    const account = spotAccountId('ann', 'alts')
    assert.equal(account, 'user:ann/spot@alts')
    const change = (by: number) =>
      place.database.raw('UPDATE ledger_balances SET available = available + ? WHERE account_id = ?', [
        by,
        account,
      ])
    await change(1)
    const { balanced, breaks } = await place.ledger.check()
    assert.equal(balanced, false)
    assert.ok(breaks.some(({ rule, accountId }) => rule === 'engine_equals_ledger' && accountId === account))
    await change(-1)
    await place.assertBalanced()
  })

  it('keep a market where it was made, whatever the configuration says later, and each shard its number', async () => {
    const swapped = { ...place, engines: place.engines.map((engine) => ({ ...engine, markets: [] })) }
    const other = await startNode(swapped)
    await other.exchange.defineMarket(ethUsdt)
    const { orderId } = await other.exchange.place({
      userId: 'ben',
      marketId: 'ETH-USDT',
      key: key(),
      ...order('sell 1@300'),
    })
    assert.equal(shardNumberOf(Number(orderId)), 1)
    await other.exchange.cancelAll({ userId: 'ben', key: key() })
    await other.stop()
    const alone = { ...place, engines: place.engines.filter(({ name }) => name === mainShard.name) }
    await assert.rejects(startNode(alone), /does not name alts/)
  })

  it('give back to the funding wallet what the second shard refuses', async () => {
    const rich = { userId: 'rich', assetId: 'BTC', amount: '90000000', source: 'external:test' } as const
    for (const [number, shard] of ['alts', 'main'].entries()) {
      const funding = { ...rich, wallet: 'spot', shard, key: `rich-${number}`, reason: 'test' } as const
      await place.exchange.fund(funding)
    }
    const request = {
      userId: 'rich' as const,
      assetId: 'BTC' as const,
      amount: '60000000' as const,
      source: 'spot' as const,
      target: 'spot' as const,
      sourceShard: 'main',
      targetShard: 'alts',
      key: 'too-much',
    } as const
    for (const _attempt of [1, 2]) {
      const refusal = await place.exchange.transfer(request).catch((error: unknown) => error)
      const { type, data } = refusal as { type: string; data: object }
      assert.equal(type, 'exchange.overflow')
      assert.partialDeepStrictEqual(data, { arrivedIn: 'funding' })
    }
    assert.equal(await inLedger(fundingAccountId('rich'), 'BTC'), '6000000000000000')
    await place.assertBalanced()
  })

  it('leave the other’s markets working while one is down', async () => {
    await place.engineOf('alts').kill()
    const { orderId } = await trade('ben', 'BTC-USDT', 'sell 0.1@100')
    const taken = await trade('ann', 'BTC-USDT', 'buy 0.1@100')
    assert.equal(taken.status, 'filled')
    const [last] = await place.exchange.trades({ marketId: 'BTC-USDT', limit: 1 })
    assert.equal(last?.tradeId, taken.fills[0]?.tradeId)
    assert.equal((await place.exchange.balances('ben', 'BTC-USDT')).length > 0, true)
    assert.ok(Number(orderId) > 0)
    const out = { userId: 'ann', assetId: 'USDT', amount: '5', source: 'spot', target: 'funding' } as const
    assert.equal((await place.exchange.transfer({ ...out, key: key() })).state, 'done')
    await place.engineOf('alts').start()
    assert.equal((await trade('ben', 'ETH-USDT', 'sell 0.1@300')).status, 'open')
    await place.exchange.cancelAll({ userId: 'ben', key: key() })
    await place.assertBalanced()
  })
})

describe('transfer between shards', () => {
  let place: ExchangePlace
  const users = ['ann', 'ben', 'cas'] as const
  before(async () => {
    place = await openShards()
    for (const userId of users) {
      for (const shard of ['main', 'alts']) {
        const request = { userId, assetId: 'USDT', amount: '1000', wallet: 'spot', shard } as const
        await place.exchange.fund({
          ...request,
          source: 'external:test',
          key: `${userId}-${shard}`,
          reason: 'test',
        })
      }
    }
  })
  after(() => place.close())

  const total = async (): Promise<number> => {
    let sum = 0
    for (const userId of users) {
      for (const { available, held } of await place.exchange.balances(userId)) {
        sum += Number.parseFloat(available) + Number.parseFloat(held)
      }
    }
    return sum
  }

  const inShards = async (): Promise<{ main: number; alts: number }> => {
    const [balance] = await place.exchange.balances('ann')
    const of = (name: string) =>
      Number.parseFloat(balance?.shards?.find(({ shard }) => shard === name)?.available ?? '')
    return { main: of('main'), alts: of('alts') }
  }

  it('ends once each, whichever engine is killed in the middle of many', async () => {
    const ended: string[] = []
    let isLoading = true
    const load = users.flatMap((userId, lane) =>
      [0, 1, 2].map(async (number) => {
        for (let round = 0; isLoading; round += 1) {
          const [sourceShard, targetShard] = round % 2 === 0 ? ['main', 'alts'] : ['alts', 'main']
          const moved = { userId, assetId: 'USDT', amount: `${1 + ((lane + number) % 3)}` }
          const homes = { source: 'spot', target: 'spot', sourceShard, targetShard } as const
          const request = { ...moved, ...homes, key: `${userId}-${number}-${round}` }
          try {
            ended.push((await place.exchange.transfer(request)).id)
          } catch (error) {
            assert.equal((error as { type?: string }).type, 'exchange.engine_unavailable')
          }
        }
      }),
    )
    for (const shard of ['alts', 'main', 'alts']) {
      const enough = ended.length + 20
      await eventually('transfers have ended', () => ended.length > enough)
      await place.engineOf(shard).kill()
      await place.engineOf(shard).start()
    }
    const enough = ended.length + 20
    await eventually('transfers have ended after the last start', () => ended.length > enough)
    // Checked while they go on: transit holds exactly what is on its way.
    await place.assertBalanced()
    isLoading = false
    await Promise.all(load)
    const open = () => place.database('exchange_transfers').where({ state: 'open' })
    await eventually('none is open', async () => (await open()).length === 0)
    assert.equal(new Set(ended).size, ended.length)
    assert.equal(await total(), 6000)
    await place.assertBalanced()
  })

  for (const leg of [1, 2] as const) {
    it(`that lost its owner on leg ${leg} is finished once by whoever finds it`, async () => {
      const id = `LOSTLEG${leg}`.padEnd(26, '0')
      const row = { id, user_id: 'ann', key: `lost-${leg}`, asset_id: 'USDT', amount: '700000000', leg }
      const homes = { source: 'spot', target: 'spot', source_shard: 'main', target_shard: 'alts' }
      const created = new Date(Date.now() + 600_000)
      const before = await inShards()
      if (leg === 2) {
        const out = {
          userId: 'ann',
          assetId: 'USDT',
          amount: '7',
          source: 'spot',
          target: 'funding',
        } as const
        await place.exchange.transfer({ ...out, key: 'first-leg' })
      }
      await transaction(place.database, async (trx) => {
        await trx('exchange_transfers').insert({ ...row, ...homes, created_at: created })
        if (leg === 1) return
        const ends = { source: 'user:ann/funding', target: 'transit:spot@alts' }
        const posting = { ...ends, assetId: 'USDT', amount: 700_000_000n }
        const entry = { key: `exchange.transfer:${id}:between`, kind: 'exchange.transfer_between' }
        await place.ledger.post(trx, [{ ...entry, data: { transferId: id }, postings: [posting as never] }])
      })
      await place.assertBalanced()
      const request = {
        userId: 'ann' as const,
        assetId: 'USDT' as const,
        amount: '7' as const,
        source: 'spot' as const,
        target: 'spot' as const,
        sourceShard: 'main',
        targetShard: 'alts',
        key: `lost-${leg}`,
      } as const
      const [first, second] = await Promise.all([
        place.exchange.transfer(request),
        place.exchange.transfer(request),
      ])
      assert.deepEqual([first?.state, second?.state, first?.id, second?.id], ['done', 'done', id, id])
      const after = await inShards()
      assert.deepEqual([before.main - after.main, after.alts - before.alts], [7, 7])
      await place.assertBalanced()
    })
  }
})
