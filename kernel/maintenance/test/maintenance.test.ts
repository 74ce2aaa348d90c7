import assert from 'node:assert/strict'
import { login } from '../../identity/routes.ts'
import { createTransfer, listBalances } from '../../exchange/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import {
  changeMaintenance,
  endMaintenance,
  listMaintenance,
  listMaintenanceWindows,
  maintenanceRefusals,
  planMaintenance,
  showMaintenanceWindow,
  type MaintenanceWindow,
} from '../routes.ts'
import { insertWindow, type WindowRow } from '../windows-table.ts'

describe('maintenance', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel({ plugins: ['spot'] })
    admin = await kernel.createUser({ role: 'admin' })
    user = await kernel.createUser({ funding: { USDT: '10' } })
  })
  after(() => kernel.stop())

  const codeOf =
    ({ code }: { readonly code: string }) =>
    (error: unknown) =>
      (error as { code?: unknown }).code === code
  const ask = (path: string, who: TestUser) =>
    fetch(`${kernel.origin}/api${path}`, { headers: { cookie: who.cookie } })
  const end = ({ id, revision }: MaintenanceWindow) => admin.api(endMaintenance, { windowId: id, revision })
  const inMinutes = (minutes: number) =>
    new Date(kernel.clock.now().getTime() + minutes * 60_000).toISOString()

  it('closes a product to users, with when to come again, and not to operators', async () => {
    const window = await admin.api(planMaintenance, {
      scope: 'spot',
      message: 'New engine',
      endsAt: inMinutes(10),
    })
    try {
      const refused = await ask('/spot/markets', user)
      assert.equal(refused.status, 503)
      const seconds = Number(refused.headers.get('retry-after'))
      assert.ok(seconds > 500 && seconds <= 600, `retry-after ${seconds}`)
      const problem = (await refused.json()) as { type: string; message: string }
      assert.ok(problem.type.endsWith(maintenanceRefusals.product_rests.code))
      assert.equal(problem.message, 'New engine')
      assert.equal((await ask('/spot/markets', admin)).status, 200)
      assert.equal((await user.api(listBalances, {})).items.length > 0, true)
    } finally {
      await end(window)
    }
    assert.equal((await ask('/spot/markets', user)).status, 200)
  })

  it('tells what is planned before it begins, and closes by the time', async () => {
    const beginsAt = inMinutes(30)
    const window = await admin.api(planMaintenance, { scope: 'spot', message: '', beginsAt })
    try {
      const [told] = (await user.api(listMaintenance, {})).items
      assert.deepEqual([told?.scope, told?.name, told?.beginsAt], ['spot', 'Spot', beginsAt])
      assert.equal((await ask('/spot/markets', user)).status, 200)
      await kernel.clock.advance(31 * 60_000)
      assert.equal((await ask('/spot/markets', user)).status, 503)
    } finally {
      await end(window)
    }
    assert.deepEqual((await user.api(listMaintenance, {})).items, [])
  })

  it('of the platform keeps everything as it is, and lets people sign in and look', async () => {
    const window = await admin.api(planMaintenance, { scope: 'platform', message: '' })
    const transfer = { assetId: 'USDT', amount: '1', from: 'funding', to: 'spot' } as const
    try {
      await assert.rejects(
        user.api(createTransfer, transfer, { idempotencyKey: 'while-resting' }),
        codeOf(maintenanceRefusals.product_rests),
      )
      assert.equal((await ask('/spot/markets', user)).status, 503)
      assert.equal((await user.api(listBalances, {})).items.length > 0, true)
      await assert.rejects(
        user.api(login, { email: user.email, password: 'not this one' }),
        codeOf({ code: 'identity.credentials_wrong' }),
      )
    } finally {
      await end(window)
    }
  })

  it('refuses the older of two changes, and hands out the present state', async () => {
    const window = await admin.api(planMaintenance, {
      scope: 'spot',
      message: 'first',
      beginsAt: inMinutes(60),
    })
    const { id: windowId, revision } = window
    const changed = await admin.api(changeMaintenance, { windowId, message: 'second', revision })
    assert.equal(changed.revision, revision + 1)
    assert.equal(changed.beginsAt, window.beginsAt)
    await assert.rejects(
      admin.api(changeMaintenance, { windowId, message: 'third', revision }),
      (error: { code?: unknown; problem?: { current?: MaintenanceWindow } }) =>
        error.code === maintenanceRefusals.changed_meanwhile.code &&
        error.problem?.current?.message === 'second',
    )
    await assert.rejects(end(window), codeOf(maintenanceRefusals.changed_meanwhile))
    await end(changed)
    await assert.rejects(end(changed), codeOf(maintenanceRefusals.window_already_ended))
    assert.ok((await admin.api(showMaintenanceWindow, { windowId })).endedAt)
    const { items } = await admin.api(listMaintenanceWindows, { scope: 'spot', limit: 1 })
    assert.equal(items[0]?.id, windowId)
  })

  it('is planned once a product, for products that are there, in the right order of time', async () => {
    const plan = (scope: string, times: { beginsAt?: string; endsAt?: string } = {}) =>
      admin.api(planMaintenance, { scope, message: '', beginsAt: inMinutes(60), ...times })
    await assert.rejects(plan('nowhere'), codeOf(maintenanceRefusals.scope_not_found))
    await assert.rejects(
      plan('spot', { endsAt: inMinutes(30) }),
      codeOf(maintenanceRefusals.must_end_after_it_begins),
    )
    const results = await Promise.allSettled([plan('spot'), plan('spot'), plan('spot')])
    const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    assert.equal(made.length, 1)
    await end(made[0] as MaintenanceWindow)
    await assert.rejects(
      admin.api(showMaintenanceWindow, { windowId: '0' }),
      codeOf(maintenanceRefusals.window_not_found),
    )
    await assert.rejects(
      user.api(planMaintenance, { scope: 'spot', message: '' }),
      codeOf({ code: 'platform.permission_missing' }),
    )
  })

  it('is planned once, though a second plan is written before the first is there to be seen', async () => {
    const { database } = kernel.parts
    const row = (id: string): WindowRow => ({
      id,
      scope: 'spot',
      message: '',
      begins_at: new Date(inMinutes(60)),
      ends_at: null,
      ended_at: null,
      revision: 1,
      changed_by: 'system',
      changed_at: new Date(),
    })
    const first = await database.transaction()
    assert.equal(await insertWindow(first, row('first')), true)
    const second = insertWindow(database, row('second'))
    await first.commit()
    assert.equal(await second, false)
    await database('maintenance_windows').where({ id: 'first' }).delete()
  })
})
