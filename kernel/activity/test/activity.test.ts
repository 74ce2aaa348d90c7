import assert from 'node:assert/strict'
import { transaction } from '../../database/index.ts'
import { createTransfer } from '../../exchange/routes.ts'
import { eraseAccount, exportAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import type { NewActivity } from '../index.ts'
import { listActivity, listActivityKinds, listUserActivity } from '../routes.ts'

describe('activity', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
    kernel.parts.points.modules.activity.publish('shop', 'Shop', [
      { kind: 'shop.order', title: 'activity.order', icon: 'i-lucide-shopping-bag' },
    ])
  })
  after(() => kernel.stop())

  const record = (...entries: readonly NewActivity[]): Promise<void> =>
    transaction(kernel.parts.database, (trx) => kernel.parts.points.activity.record(trx, 'shop', entries))
  const order = (userId: string, key: string, rest: Partial<NewActivity> = {}): NewActivity => ({
    userId,
    kind: 'shop.order',
    key,
    assetId: 'USDT',
    amount: '-5',
    data: { item: key },
    ...rest,
  })
  const shop = async (user: TestUser) => (await user.api(listActivity, { owner: 'shop' })).items

  it('has what was committed, once and in order, and nothing that was rolled back', async () => {
    const user = await kernel.createUser()
    await record(order(user.id, 'one'))
    await record(order(user.id, 'two'), order(user.id, 'three'))
    await assert.rejects(
      transaction(kernel.parts.database, async (trx) => {
        await kernel.parts.points.activity.record(trx, 'shop', [order(user.id, 'never')])
        throw new Error('rolled back')
      }),
      /rolled back/,
    )
    await record(order(user.id, 'one'))
    await kernel.settled()
    assert.deepEqual((await shop(user)).map(({ data }) => data.item).toSorted(), ['one', 'three', 'two'])
  })

  it('says of an entry what became of it last, where it stood', async () => {
    const user = await kernel.createUser()
    const at = new Date('2026-01-02T03:04:05.000Z')
    await record(order(user.id, 'slow', { state: 'pending', at }), order(user.id, 'later'))
    await record(order(user.id, 'slow', { state: 'done', amount: '-4' }))
    await kernel.settled()
    const [later, slow, ...more] = await shop(user)
    assert.deepEqual(more, [])
    assert.equal(later?.data.item, 'later')
    assert.deepEqual([slow?.state, slow?.amount, slow?.at], ['done', '-4', at.toISOString()])
  })

  it('takes no kind that was not declared, and no way out of the platform', async () => {
    const user = await kernel.createUser()
    await assert.rejects(record(order(user.id, 'x', { kind: 'shop.refund' })), /no kind of activity/)
    await assert.rejects(record(order(user.id, 'x', { link: '//evil.example' })), /path of the portal/)
  })

  it('is leafed through without a gap or a repeat, and narrowed by product, kind, asset and time', async () => {
    const user = await kernel.createUser()
    const day = (number: number): Date => new Date(Date.UTC(2026, 0, number))
    const days = [1, 2, 3, 4, 5, 6, 7]
    await record(
      ...days.map((number) =>
        order(user.id, `day ${number}`, { at: day(number), assetId: number > 4 ? 'BTC' : 'USDT' }),
      ),
      order(user.id, 'same moment', { at: day(3) }),
    )
    await kernel.settled()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await user.api(listActivity, { owner: 'shop', limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map(({ data }) => String(data.item)))
      cursor = page.nextCursor
    } while (cursor)
    assert.deepEqual(seen, ['day 7', 'day 6', 'day 5', 'day 4', 'same moment', 'day 3', 'day 2', 'day 1'])
    const bitcoin = await user.api(listActivity, { assetId: 'BTC', kind: 'shop.order' })
    assert.equal(bitcoin.items.length, 3)
    const span = { from: day(2).toISOString(), until: day(4).toISOString() }
    assert.equal((await user.api(listActivity, span)).items.length, 3)
  })

  it('shows sign-ins, payments and moves between wallets', async () => {
    const user = await kernel.createUser({ funding: { USDT: '100' } })
    const transfer = { assetId: 'USDT', amount: '40', from: 'funding', to: 'spot' } as const
    await user.api(createTransfer, transfer, { idempotencyKey: 'first-move' })
    await user.api(createTransfer, transfer, { idempotencyKey: 'first-move' })
    await kernel.settled()
    const { items } = await user.api(listActivity, { owner: 'platform' })
    assert.deepEqual(
      items.map(({ title, amount, assetId }) => [title, amount, assetId]),
      [
        ['activity.moved.funding.spot', null, 'USDT'],
        ['activity.signedIn', null, null],
        ['activity.deposit', '100', 'USDT'],
      ],
    )
  })

  it('is its owner’s and the operators’ to see, and nobody else’s', async () => {
    const user = await kernel.createUser()
    const stranger = await kernel.createUser()
    await record(order(user.id, 'mine'))
    await kernel.settled()
    assert.deepEqual(await shop(stranger), [])
    await assert.rejects(stranger.api(listUserActivity, { userId: user.id }), {
      code: 'platform.permission_missing',
    })
    const { items } = await admin.api(listUserActivity, { userId: user.id, owner: 'shop' })
    assert.equal(items[0]?.data.item, 'mine')
    await assert.rejects(kernel.call(listActivity, {}, { as: 'stranger' }), {
      code: 'platform.sign_in_required',
    })
    const kinds = (await stranger.api(listActivityKinds, {})).items
    assert.deepEqual(
      kinds.map(({ name }) => name),
      ['Cambium', 'Shop'],
    )
  })

  it('goes into the owner’s own copy, and is gone with the account', async () => {
    const user = await kernel.createUser()
    await record(order(user.id, 'private'))
    await kernel.settled()
    const exported = await user.api(exportAccount, {})
    assert.ok(JSON.stringify(exported.owners.activity).includes('private'))
    await admin.api(eraseAccount, { userId: user.id, reason: 'Asked for', confirmation: user.email })
    assert.deepEqual((await admin.api(listUserActivity, { userId: user.id })).items, [])
  })
})
