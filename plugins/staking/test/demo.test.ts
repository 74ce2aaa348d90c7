import assert from 'node:assert/strict'
import { createTestKernel, type TestKernel } from '@cambium/kernel/testing'
import { listFundings } from '../routes/fundings.ts'
import { listPools } from '../routes/pools.ts'
import { reviewPools, reviewPositions } from '../routes/review.ts'

describe('staking on a demonstration', function () {
  this.timeout(120_000)
  let kernel: TestKernel

  before(async () => {
    kernel = await createTestKernel({ plugins: ['staking'], isDemo: true })
  })
  after(() => kernel.stop())

  it('opens with funded pools, labelled, and stakes that have earned for some days', async () => {
    const { items } = await kernel.call(listPools, {})
    assert.deepEqual(
      items.map(({ id, isFunded }) => [id, isFunded]),
      [
        ['usdt-flexible', true],
        ['eth-60', true],
        ['btc-flexible', true],
      ],
    )
    const [funding] = (await kernel.call(listFundings, { poolId: 'usdt-flexible' })).items
    assert.equal(funding?.actor, 'demo')
    const stakes = (await kernel.call(reviewPositions, {})).items
    assert.ok(stakes.length >= 4)
    for (const { position } of stakes) assert.notEqual(position.rewards, '0')
    for (const { isRunningLow } of (await kernel.call(reviewPools, {})).items)
      assert.equal(isRunningLow, false)
  })

  it('is not seeded twice', async () => {
    const before = (await kernel.call(reviewPools, {})).items
    await kernel.restart()
    assert.deepEqual((await kernel.call(reviewPools, {})).items, before)
    const { balanced, breaks } = await kernel.parts.ledger.check()
    assert.ok(balanced, JSON.stringify(breaks))
  })
})
