import assert from 'node:assert/strict'
import { changeLevel, listLevelChanges } from '../../identity/routes.ts'
import { assetPrice, purchaseAuthorize } from '../../filters/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { eraseAccount, eraseOwnAccount, exportAccount } from '../../personal-data/routes.ts'
import { listNotices, readNotices } from '../routes.ts'

describe('a platform’s users', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let user: TestUser
  let admin: TestUser

  before(async () => {
    kernel = await createTestKernel()
    user = await kernel.createUser({ funding: { USDT: '100' } })
    admin = await kernel.createUser({ role: 'admin' })
  })
  after(() => kernel.stop())

  it('get a notice once per key, and mark it as read', async () => {
    const { notifications } = kernel.parts.points
    const notice = {
      userId: user.id,
      kind: 'test.done',
      title: 'notices.done.title',
      body: 'notices.done.body',
      key: 'k1',
    }
    await notifications.notify('test', { ...notice, data: { amount: '5' }, link: '/wallet' })
    await notifications.notify('test', notice)
    const { items, unread } = await user.api(listNotices, {})
    assert.equal(items.length, 1)
    assert.equal(unread, 1)
    assert.deepEqual(items[0]?.data, { amount: '5' })
    assert.equal((await admin.api(listNotices, {})).items.length, 0)
    assert.deepEqual(await admin.api(readNotices, {}), { unread: 0 })
    assert.equal((await user.api(listNotices, {})).unread, 1)
    assert.deepEqual(await user.api(readNotices, { ids: [items[0]?.id ?? ''] }), { unread: 0 })
  })

  it('are told together when they hold a permission', async () => {
    const { notifications } = kernel.parts.points
    const to = { permission: 'identity.users.manage', kind: 'test.pool', title: 't', body: 'b', key: 'pool' }
    await notifications.notify('test', to)
    assert.equal((await admin.api(listNotices, {})).items[0]?.kind, 'test.pool')
    assert.equal(
      (await user.api(listNotices, {})).items.some(({ kind }) => kind === 'test.pool'),
      false,
    )
  })

  it('cannot be led off the platform by a notice', async () => {
    const elsewhere = { userId: user.id, kind: 'k', title: 't', body: 'b', key: 'l', link: '//evil.example' }
    await assert.rejects(kernel.parts.points.notifications.notify('test', elsewhere), /path of the portal/)
  })

  it('have a level that an operator sets with a reason, and are told of it', async () => {
    const changed = await admin.api(changeLevel, { userId: user.id, level: 2, reason: 'Papers seen' })
    assert.equal(changed.level, 2)
    const [change] = (await admin.api(listLevelChanges, { userId: user.id })).items
    assert.equal(change?.reason, 'Papers seen')
    assert.equal(change?.changedBy, admin.id)
    await kernel.settled()
    const [notice] = (await user.api(listNotices, {})).items
    assert.equal(notice?.kind, 'platform.level')
    assert.deepEqual(notice?.data, { level: 2 })
    await assert.rejects(user.api(changeLevel, { userId: user.id, level: 9, reason: 'Myself' }), {
      code: 'platform.permission_missing',
    })
  })

  it('buy only with the level and the money a product asks for', async () => {
    const purchase = {
      userId: user.id,
      productId: 'test',
      kind: 'buy',
      assetId: 'USDT',
      amount: '60',
    } as const
    const { filters } = kernel.parts.points
    await filters.apply(purchaseAuthorize, { ...purchase, levelMin: 2 })
    await assert.rejects(filters.apply(purchaseAuthorize, { ...purchase, levelMin: 3 }), {
      type: 'filters.level_too_low',
    })
    await assert.rejects(filters.apply(purchaseAuthorize, { ...purchase, amount: '100.5' }), {
      type: 'ledger.insufficient_funds',
    })
  })

  it('are answered that nobody knows a price while nobody does', async () => {
    const request = { assetId: 'BTC', quoteAssetId: 'USDT' }
    await assert.rejects(kernel.parts.points.strategies.ask(assetPrice, request), {
      type: 'filters.strategy_missing',
    })
  })

  it('close their own account once it is empty and they have named it', async () => {
    const owner = await kernel.createUser({ funding: { USDT: '1' } })
    await assert.rejects(owner.api(eraseOwnAccount, { confirmation: owner.email }), {
      code: 'personalData.account_not_empty',
    })
    const empty = await kernel.createUser()
    await assert.rejects(empty.api(eraseOwnAccount, { confirmation: 'someone@else' }), {
      code: 'personalData.confirmation_wrong',
    })
    const { done } = await empty.api(eraseOwnAccount, { confirmation: empty.email })
    assert.ok(done.includes('identity'))
    await assert.rejects(empty.api(listNotices, {}), { code: 'platform.sign_in_required' })
  })

  it('take out all that is kept about them, and are nobody once they are erased', async () => {
    const exported = await user.api(exportAccount, {})
    assert.equal((exported.owners.identity?.account?.[0] as { email: string }).email, user.email)
    assert.ok((exported.owners.notifications?.notices ?? []).length > 0)
    const wrong = admin.api(eraseAccount, {
      userId: user.id,
      reason: 'Asked for',
      confirmation: 'someone@else',
    })
    await assert.rejects(wrong, { code: 'personalData.confirmation_wrong' })
    const erased = await admin.api(eraseAccount, {
      userId: user.id,
      reason: 'Asked for',
      confirmation: user.email,
    })
    const keepers = [
      'identity',
      'notifications',
      'views',
      'preferences',
      'activity',
      'onboarding',
      'valuation',
      'announcements',
      'legal',
    ]
    assert.deepEqual(erased, { done: keepers, waiting: [] })
    assert.equal(await kernel.parts.identity.findUserByEmail(user.email), undefined)
    await assert.rejects(user.api(listNotices, {}), { code: 'platform.sign_in_required' })
  })
})
