import assert from 'node:assert/strict'
import { transaction } from '../../database/index.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { showRevenue, showUserGrowth } from '../routes.ts'

describe('growth', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser

  before(async () => {
    kernel = await createTestKernel({ isDemo: false })
    admin = await kernel.createUser({ role: 'admin' })
  })
  after(() => kernel.stop())

  const today = () => kernel.clock.now().toISOString().slice(0, 10)

  it('counts who came and who did something, by day, without accounts of the platform', async () => {
    const user = await kernel.createUser()
    await kernel.parts.identity.createHouseUser('nobody-counts-this')
    kernel.parts.points.modules.activity.publish('shop', 'Shop', [
      { kind: 'shop.order', title: 'activity.order', icon: 'i-lucide-shopping-bag' },
    ])
    const entry = { userId: user.id, kind: 'shop.order', data: {} }
    await transaction(kernel.parts.database, (trx) =>
      kernel.parts.points.activity.record(trx, 'shop', [
        { ...entry, key: 'one' },
        { ...entry, key: 'two' },
      ]),
    )
    await kernel.settled()
    const { items, before } = await admin.api(showUserGrowth, { days: 7 })
    const rows = (await kernel.parts.database('users').where({ is_house: 0 })) as unknown[]
    assert.deepEqual([items.length, before.length], [7, 7])
    assert.equal(items.at(-1)?.date, today())
    assert.equal(items.at(-1)?.registrations, rows.length)
    assert.ok((items.at(-1)?.active ?? 0) >= 1)
    assert.equal(
      before.reduce((sum, { registrations }) => sum + registrations, 0),
      0,
    )
  })

  it('adds up what came into the fee accounts, by product', async () => {
    const { database, ledger } = kernel.parts
    const asset = (await ledger.assets()).get('USDT')
    assert.ok(asset)
    const fees = async (name: string, amount: bigint): Promise<void> => {
      await database('ledger_accounts').insert({ id: name, kind: 'house' }).onConflict().ignore()
      const id = String(Number((await database('ledger_entries').max({ id: 'id' }).first())?.id ?? 0) + 1)
      const hash = Buffer.alloc(32)
      await database('ledger_entries').insert({
        id,
        key: `growth-${id}`,
        kind: 'test',
        data: '{}',
        content_hash: hash,
        hash,
        created_at: new Date(),
      })
      const source = await database('ledger_accounts').where({ kind: 'external' }).first('id')
      await database('ledger_postings').insert({
        entry_id: id,
        number: 0,
        source: (source as { id: string }).id,
        target: name,
        asset_id: 'USDT',
        amount: String(amount),
      })
    }
    const one = 10n ** BigInt(asset.scale)
    await kernel.createUser({ funding: { USDT: '1' } })
    await fees('fees:shop', 2n * one)
    await fees('fees:shop@eu', one / 2n)
    const revenue = await admin.api(showRevenue, { days: 7 })
    const shop = revenue.products.find(({ productId }) => productId === 'shop')
    assert.deepEqual([shop?.values.at(-1), shop?.total, shop?.totalBefore], ['2.5', '2.5', '0'])
    assert.equal(revenue.dates.at(-1), today())
  })

  it('is for operators', async () => {
    const user = await kernel.createUser()
    for (const route of [showUserGrowth, showRevenue])
      await assert.rejects(user.api(route, {}), { code: 'platform.permission_missing' })
  })
})
