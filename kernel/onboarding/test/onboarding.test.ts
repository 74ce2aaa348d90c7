import assert from 'node:assert/strict'
import { createFunding } from '../../exchange/routes.ts'
import { exportAccount } from '../../personal-data/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import type { IsStepDone, OnboardingStep } from '../index.ts'
import { listSteps, putOffStep } from '../routes.ts'

const texts = { title: 'a', body: 'b', action: 'c', icon: 'i-lucide-star', link: '/shop' }

describe('onboarding', function () {
  this.timeout(120_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
  })
  beforeEach(async () => {
    user = await kernel.createUser()
  })
  after(() => kernel.stop())

  const offer = (checks: Record<string, IsStepDone>, rest: Partial<OnboardingStep> = {}): void =>
    kernel.parts.points.modules.onboarding.publish(
      'shop',
      Object.keys(checks).map((id, index) => ({ id, ...texts, order: 150 + index, ...rest })),
      checks,
    )
  const states = async (who: TestUser) =>
    (await who.api(listSteps, {})).items.map(({ id, state }) => `${id} ${state}`)

  const pay = () =>
    kernel.call(createFunding, {
      userId: user.id,
      assetId: 'USDT',
      amount: '5',
      wallet: 'funding' as const,
      reason: 'A test',
    })

  it('has the steps of the platform and of its products in one order', async () => {
    offer({ 'shop.first': async () => false })
    assert.deepEqual(await states(user), ['platform.secure open', 'shop.first open', 'platform.funds open'])
    kernel.parts.points.modules.onboarding.withdraw('shop')
    assert.deepEqual(await states(user), ['platform.secure open', 'platform.funds open'])
  })

  it('knows a step as done for good once it said so', async () => {
    let isDone = false
    offer({ 'shop.first': async () => isDone })
    assert.ok((await states(user)).includes('shop.first open'))
    isDone = true
    assert.ok((await states(user)).includes('shop.first done'))
    isDone = false
    assert.ok((await states(user)).includes('shop.first done'))
  })

  it('sees what is done the moment it is in the feed, and tells open pages once', async () => {
    offer({})
    await user.api(listSteps, {})
    const told: unknown[] = []
    const { publish } = kernel.parts.realtime
    kernel.parts.realtime.publish = (name, key, message) => {
      if (name === 'onboarding.steps' && key === user.id) told.push(message)
      publish.call(kernel.parts.realtime, name, key, message)
    }
    try {
      await pay()
      await pay()
      await kernel.settled()
      assert.deepEqual(told, [{ stepId: 'platform.funds', state: 'done' }])
    } finally {
      kernel.parts.realtime.publish = publish
    }
    assert.ok((await states(user)).includes('platform.funds done'))
  })

  it('puts a step off for a week, for ever, or not after all', async () => {
    offer({})
    const stepId = 'platform.secure'
    const put = async (until: 'nextWeek' | 'never' | 'now') =>
      (await user.api(putOffStep, { stepId, until })).items.find(({ id }) => id === stepId)?.state
    assert.equal(await put('nextWeek'), 'putOff')
    assert.equal(await put('now'), 'open')
    assert.equal(await put('never'), 'putOff')
    await assert.rejects(user.api(putOffStep, { stepId: 'shop.gone', until: 'never' }), {
      code: 'onboarding.step_not_found',
    })
  })

  it('leaves out what fails, what is late, and what one may not do', async () => {
    offer({
      'shop.broken': () => Promise.reject(new Error('no')),
      'shop.slow': () => new Promise(() => undefined),
    })
    assert.deepEqual(await states(user), ['platform.secure open', 'platform.funds open'])
    offer({ 'shop.secret': async () => false }, { permission: 'ledger.accounts.read' })
    assert.ok(!(await states(user)).includes('shop.secret open'))
    assert.ok((await states(admin)).includes('shop.secret open'))
    const hidden = user.api(putOffStep, { stepId: 'shop.secret', until: 'never' })
    await assert.rejects(hidden, { code: 'onboarding.step_not_found' })
  })

  it('refuses strangers', async () => {
    await assert.rejects(kernel.call(listSteps, {}, { as: 'stranger' }), {
      code: 'platform.sign_in_required',
    })
  })

  it('gives a user a copy of their marks, and keeps none of who is erased or whose plugin is purged', async () => {
    offer({ 'shop.first': async () => true })
    await user.api(listSteps, {})
    const { onboarding } = kernel.parts.points.modules
    assert.equal((await onboarding.exportUser(user.id)).steps?.length, 1)
    await onboarding.forget('shop')
    assert.deepEqual(await onboarding.exportUser(user.id), { steps: [] })
    await user.api(putOffStep, { stepId: 'platform.secure', until: 'never' })
    assert.ok(JSON.stringify(await user.api(exportAccount, {})).includes('platform.secure'))
    await onboarding.eraseUser(user.id)
    assert.deepEqual(await onboarding.exportUser(user.id), { steps: [] })
  })
})
