import assert from 'node:assert/strict'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { changeView, createView, listViews, removeView } from '../routes.ts'

const listId = 'spot.orders'
const failed = { name: 'Failed', query: { status: 'expired', sort: '-time' }, columns: { type: false } }

describe('the views of a list', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let user: TestUser
  let other: TestUser

  before(async () => {
    kernel = await createTestKernel()
    user = await kernel.createUser({})
    other = await kernel.createUser({})
  })
  after(() => kernel.stop())

  const names = async (who: TestUser, list = listId) =>
    (await who.api(listViews, { listId: list })).items.map(({ name }) => name)

  it('are kept for who made them, by list', async () => {
    const view = await user.api(createView, { listId, ...failed })
    assert.deepEqual({ name: view.name, query: view.query, columns: view.columns }, failed)
    assert.deepEqual(await names(user), ['Failed'])
    assert.deepEqual(await names(user, 'spot.trades'), [])
    assert.deepEqual(await names(other), [])
  })

  it('have each a name of their own in their list', async () => {
    const again = user.api(createView, { listId, ...failed, name: ' Failed ' })
    await assert.rejects(again, { code: 'views.name_already_used' })
    await user.api(createView, { listId: 'spot.trades', ...failed })
    const second = await user.api(createView, { listId, ...failed, name: 'Large' })
    await assert.rejects(user.api(changeView, { listId, viewId: second.id, ...failed }), {
      code: 'views.name_already_used',
    })
  })

  it('are changed and removed by nobody else', async () => {
    const [view] = (await user.api(listViews, { listId })).items
    assert.ok(view)
    const changed = { listId, viewId: view.id, ...failed, name: 'Canceled', query: { status: 'canceled' } }
    await assert.rejects(other.api(changeView, changed), { code: 'views.view_not_found' })
    await assert.rejects(other.api(removeView, { listId, viewId: view.id }), { code: 'views.view_not_found' })
    assert.deepEqual((await user.api(changeView, changed)).query, { status: 'canceled' })
    const { items } = await user.api(removeView, { listId, viewId: view.id })
    assert.deepEqual(
      items.map(({ name }) => name),
      ['Large'],
    )
  })

  it('are twenty at most', async () => {
    for (let count = 0; count < 20; count += 1)
      await other.api(createView, { listId, ...failed, name: `View ${count}` })
    await assert.rejects(other.api(createView, { listId, ...failed }), { code: 'views.exceeds_maximum' })
  })

  it('of a purged plugin are forgotten, and those of others stay', async () => {
    await user.api(createView, { listId: 'spotlight.orders', ...failed })
    await kernel.parts.points.modules.views.forget('spot')
    assert.deepEqual([await names(user), await names(user, 'spotlight.orders')], [[], ['Failed']])
  })

  it('leave with a user who is erased', async () => {
    const { views } = kernel.parts.points.modules
    assert.equal((await views.exportUser(user.id)).views?.length, 1)
    await views.eraseUser(user.id)
    assert.deepEqual(await names(user, 'spotlight.orders'), [])
  })
})
