import assert from 'node:assert/strict'
import { chooseStrategy, listFilters, listStrategies } from '../../filters/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { listAssets, showWorth } from '../routes.ts'

describe('valuation', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel()
    user = await kernel.createUser({ funding: { BTC: '0.5', USDT: '10' }, spot: { ETH: '2' } })
    const { strategies } = kernel.parts.points.modules
    const prices: Readonly<Record<string, string | null>> = { BTC: '60000', ETH: null }
    for (const [owner, factor] of [
      ['first', '1'],
      ['second', '2'],
    ] as const) {
      const id = `${owner}.price`
      strategies.publish(owner, [{ point: 'assets.price@1', id, title: owner }], {
        [id]: async ({ assetId }: { assetId: string }) => ({
          price: factor === '1' ? (prices[assetId] ?? null) : '1',
          at: '2026-11-22T00:00:00.000Z',
        }),
      })
    }
  })
  after(() => kernel.stop())

  it('adds up what every wallet has, and leaves out what nobody knows a price of', async () => {
    const { total, items } = await user.api(showWorth, {})
    assert.equal(total, '30010')
    assert.deepEqual(
      items.find(({ assetId }) => assetId === 'ETH'),
      { assetId: 'ETH', amount: '2', price: null, worth: null },
    )
  })

  it('tells anybody what one of each asset is worth, and which has no price', async () => {
    const { quoteAssetId, items } = await kernel.call(listAssets, {}, { as: 'stranger' })
    assert.equal(quoteAssetId, 'USDT')
    assert.deepEqual(items.map(({ assetId, price }) => [assetId, price]).toSorted(), [
      ['BTC', '60000'],
      ['ETH', null],
      ['USDT', '1'],
    ])
  })

  it('goes by the prices the operator chose', async () => {
    const admin = await kernel.createUser({ role: 'admin' })
    const point = 'assets.price@1'
    const chosen = await admin.api(chooseStrategy, { point, provider: 'second.price' })
    assert.equal(chosen.serving, 'second.price')
    const { items } = await admin.api(listStrategies, {})
    assert.equal(items.find(({ name }) => name === point)?.chosen, 'second.price')
    assert.equal((await user.api(showWorth, {})).total, '12.5')
    await assert.rejects(admin.api(chooseStrategy, { point, provider: 'third.price' }), {
      code: 'filters.provider_not_found',
    })
  })

  it('stands beside the filters the operator reads, and is nobody else’s to change', async () => {
    const { items } = await kernel.call(listFilters, {})
    const purchase = items.find(({ name }) => name === 'purchase.authorize@1')
    assert.deepEqual(
      purchase?.filters.map(({ id }) => id),
      ['kernel.level', 'kernel.balance'],
    )
    const change = user.api(chooseStrategy, { point: 'assets.price@1', provider: 'first.price' })
    await assert.rejects(change, { code: 'platform.permission_missing' })
  })
})
