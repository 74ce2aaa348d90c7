import assert from 'node:assert/strict'
import { exportAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { listPreferences, setPreference } from '../routes.ts'

const preferenceId = 'shop.cards'

describe('preferences', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let user: TestUser
  let other: TestUser

  before(async () => {
    kernel = await createTestKernel()
    user = await kernel.createUser()
    other = await kernel.createUser()
  })
  after(() => kernel.stop())

  const items = async (who: TestUser) => (await who.api(listPreferences, {})).items

  it('are kept as they were written, for who wrote them', async () => {
    const value = { columns: [['b'], ['a']], hidden: [] }
    await user.api(setPreference, { preferenceId, value })
    assert.deepEqual(await items(user), { [preferenceId]: value })
    assert.deepEqual(await items(other), {})
  })

  it('are replaced, and forgotten by null', async () => {
    await user.api(setPreference, { preferenceId, value: false })
    assert.deepEqual(await items(user), { [preferenceId]: false })
    await user.api(setPreference, { preferenceId, value: null })
    assert.deepEqual(await items(user), {})
  })

  it('are told to the open pages of the user', async () => {
    const told: unknown[] = []
    const { publish } = kernel.parts.realtime
    kernel.parts.realtime.publish = (name, key, message) => {
      if (name === 'preferences.values' && key === user.id) told.push(message)
      publish.call(kernel.parts.realtime, name, key, message)
    }
    try {
      await user.api(setPreference, { preferenceId, value: 1 })
    } finally {
      kernel.parts.realtime.publish = publish
    }
    assert.deepEqual(told, [{ items: { [preferenceId]: 1 } }])
  })

  it('have a size and a number', async () => {
    const large = user.api(setPreference, { preferenceId, value: 'a'.repeat(4_000) })
    await assert.rejects(large, { code: 'preferences.exceeds_size' })
    for (let index = 0; index < 100; index += 1)
      await other.api(setPreference, { preferenceId: `shop.p${index}`, value: true })
    await assert.rejects(other.api(setPreference, { preferenceId, value: true }), {
      code: 'preferences.exceeds_maximum',
    })
    await other.api(setPreference, { preferenceId: 'shop.p1', value: false })
  })

  it('are exported with the account, and go with what wrote them', async () => {
    const { owners } = await user.api(exportAccount, {})
    assert.equal((owners.preferences?.preferences?.[0] as { preference: string }).preference, preferenceId)
    await kernel.parts.points.modules.preferences.forget('shop')
    assert.deepEqual(await items(user), {})
  })
})
