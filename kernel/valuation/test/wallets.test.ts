import assert from 'node:assert/strict'
import { createFunding } from '../../exchange/routes.ts'
import { exportAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { listWallets, listWorthDays } from '../routes.ts'

const DAY_MS = 24 * 60 * 60_000

describe('wallets', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel({ plugins: ['staking'] })
    user = await kernel.createUser({ funding: { BTC: '0.5', USDT: '10' }, spot: { ETH: '2' } })
    const id = 'shop.price'
    kernel.parts.points.modules.strategies.publish('shop', [{ point: 'assets.price@1', id, title: 'Shop' }], {
      [id]: async ({ assetId }: { assetId: string }) => ({
        price: assetId === 'BTC' ? '60000' : null,
        at: '2026-11-22T00:00:00.000Z',
      }),
    })
  })
  after(() => kernel.stop())

  const pay = (amount: string) =>
    kernel.call(createFunding, {
      userId: user.id,
      assetId: 'USDT',
      amount,
      wallet: 'funding' as const,
      reason: 'A test',
    })

  it('are listed with what is in each, those of products under their own name', async () => {
    const { wallets, items, total, quoteAssetId } = await user.api(listWallets, {})
    assert.equal(quoteAssetId, 'USDT')
    assert.equal(total, '30010')
    assert.deepEqual(
      wallets.map(({ id, owner, worth }) => [id, owner, worth]),
      [
        ['funding', 'platform', '30010'],
        ['spot', 'platform', '0'],
        ['staking', 'staking', '0'],
      ],
    )
    const eth = items.find(({ assetId }) => assetId === 'ETH')
    assert.deepEqual(eth?.parts, [{ walletId: 'spot', available: '2', held: '0' }])
    assert.deepEqual([eth?.total, eth?.worth], ['2', null])
  })

  it('keep counting what lies in a wallet nobody names any more', async () => {
    const { wallets } = kernel.parts.points.modules
    const named = wallets.list().filter(({ owner }) => owner === 'platform')
    wallets.publish(
      'platform',
      named.filter(({ id }) => id !== 'funding'),
    )
    try {
      const answer = await user.api(listWallets, {})
      assert.equal(answer.total, '30010')
      assert.deepEqual(
        answer.wallets.map(({ id, worth }) => `${id} ${worth}`),
        ['spot 0', 'staking 0', 'other 30010'],
      )
    } finally {
      wallets.publish('platform', named)
    }
  })

  it('tell the open pages of their owner when something moves', async () => {
    const told: string[] = []
    const { publish } = kernel.parts.realtime
    kernel.parts.realtime.publish = (name, key, message) => {
      if (name === 'valuation.wallets') told.push(key)
      publish.call(kernel.parts.realtime, name, key, message)
    }
    try {
      await pay('5')
      await kernel.settled()
    } finally {
      kernel.parts.realtime.publish = publish
    }
    assert.deepEqual(told, [user.id])
  })

  it('have a worth for each day that is over, the last figure of it, and none that was not kept', async () => {
    assert.deepEqual((await user.api(listWorthDays, {})).items, [])
    const { valuation } = kernel.parts
    assert.equal(await valuation.keepToday(user.id), true)
    await pay('85')
    assert.equal(await valuation.keepToday(user.id), true)
    const today = kernel.clock.now().toISOString().slice(0, 10)
    assert.deepEqual((await user.api(listWorthDays, {})).items, [], 'today is not over')
    await kernel.clock.advance(DAY_MS)
    assert.deepEqual((await user.api(listWorthDays, {})).items, [{ day: today, worth: '30100' }])
  })

  it('are looked at by a job, and by nobody else for another', async () => {
    await pay('10')
    const other = await kernel.createUser()
    await kernel.clock.advance(2 * 60 * 60_000)
    await kernel.settled()
    await kernel.clock.advance(DAY_MS)
    assert.equal((await user.api(listWorthDays, {})).items.at(-1)?.worth, '30110')
    assert.deepEqual((await other.api(listWorthDays, {})).items, [])
    const { owners } = await user.api(exportAccount, {})
    assert.ok((owners.valuation?.worth?.length ?? 0) >= 2)
  })
})
