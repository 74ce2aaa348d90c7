import assert from 'node:assert/strict'
import { listSteps } from '../../onboarding/routes.ts'
import {
  createTestKernel,
  startMailServer,
  useMailServer,
  type TestKernel,
  type TestMailServer,
  type TestUser,
} from '../../testing/index.ts'
import {
  changeProfile,
  confirmEmail,
  forgotPassword,
  login,
  register,
  resetPassword,
  sendConfirmation,
  showProfile,
  showSession,
} from '../routes.ts'
import { openBrowser, password } from './browser.ts'

const tokenIn = (text: string): string => /#([A-Za-z0-9_-]{40,})/.exec(text)?.[1] ?? ''

describe('letters to users', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let server: TestMailServer
  let user: TestUser
  const asStranger = { as: 'stranger' } as const

  before(async () => {
    server = await startMailServer()
    kernel = await createTestKernel()
    user = await kernel.createUser()
  })
  after(async () => {
    await kernel.stop()
    await server.stop()
  })

  it('are not promised while the platform cannot send them', async () => {
    assert.equal((await user.api(showProfile, {})).canConfirm, false)
    await assert.rejects(user.api(sendConfirmation, {}), { code: 'identity.mail_not_set_up' })
    await assert.rejects(kernel.call(forgotPassword, { email: user.email }, asStranger), {
      code: 'identity.mail_not_set_up',
    })
    const { items } = await user.api(listSteps, {})
    assert.equal(
      items.some(({ id }) => id === 'platform.confirmEmail'),
      false,
    )
  })

  it('confirm an address with a link that works once', async () => {
    await useMailServer(kernel, server)
    const browser = openBrowser(kernel.origin)
    await browser.api(register, { email: 'new@example.test', password })
    const { text, subject } = await server.letterTo('new@example.test')
    assert.equal(subject, 'Confirm your e-mail address')
    const token = tokenIn(text)
    assert.ok(text.includes(`https://exchange.example/confirm-email#${token}`))
    const rows: { token_hash: string }[] = await kernel.parts.database('users_letter_tokens')
    assert.equal(JSON.stringify(rows).includes(token), false)
    assert.deepEqual(await kernel.call(confirmEmail, { token }, asStranger), { email: 'new@example.test' })
    await assert.rejects(kernel.call(confirmEmail, { token }, asStranger), { code: 'identity.link_expired' })
    const confirmed = openBrowser(kernel.origin)
    await confirmed.login('new@example.test')
    assert.equal((await confirmed.api(showProfile, {})).isEmailConfirmed, true)
    const { items } = await confirmed.api(listSteps, {})
    assert.equal(items.find(({ id }) => id === 'platform.confirmEmail')?.state, 'done')
    await assert.rejects(confirmed.api(sendConfirmation, {}), { code: 'identity.email_already_confirmed' })
  })

  it('can be asked for again a few times, and only the newest link works', async () => {
    const { items } = await user.api(listSteps, {})
    assert.equal(items[0]?.id, 'platform.confirmEmail')
    await user.api(sendConfirmation, {})
    await kernel.settled()
    const first = tokenIn((await server.letterTo(user.email)).text)
    await user.api(sendConfirmation, {})
    await kernel.settled()
    await user.api(sendConfirmation, {})
    await assert.rejects(user.api(sendConfirmation, {}), { code: 'identity.letters_blocked' })
    await kernel.settled()
    await assert.rejects(kernel.call(confirmEmail, { token: first }, asStranger), {
      code: 'identity.link_expired',
    })
    const newest = tokenIn((await server.letterTo(user.email)).text)
    await kernel.call(confirmEmail, { token: newest }, asStranger)
  })

  it('give a new password to who forgot theirs, and end every session', async () => {
    const owner = openBrowser(kernel.origin)
    await owner.login(user.email)
    assert.deepEqual(await kernel.call(forgotPassword, { email: user.email.toUpperCase() }, asStranger), {})
    await kernel.settled()
    const letter = server.letters.findLast(({ subject }) => subject === 'Choose a new password')
    const found = letter ?? (await server.letterTo(user.email))
    const token = tokenIn(found.text)
    await assert.rejects(kernel.call(resetPassword, { token, newPassword: 'short' }, asStranger), {
      code: 'identity.password_must_be_longer',
    })
    await kernel.call(resetPassword, { token, newPassword: 'a better battery staple' }, asStranger)
    assert.equal((await owner.api(showSession, {})).user, null)
    await assert.rejects(kernel.call(login, { email: user.email, password }, asStranger), {
      code: 'identity.credentials_wrong',
    })
    const again = openBrowser(kernel.origin)
    assert.ok((await again.login(user.email, 'a better battery staple')).user)
    await assert.rejects(
      kernel.call(resetPassword, { token, newPassword: 'a third battery staple' }, asStranger),
      { code: 'identity.link_expired' },
    )
  })

  it('answer the same whether there is an account or not', async () => {
    const before = server.letters.length
    assert.deepEqual(await kernel.call(forgotPassword, { email: 'nobody@example.test' }, asStranger), {})
    await kernel.settled()
    assert.equal(server.letters.length, before)
  })

  it('come in the language and under the name of a profile', async () => {
    const other = await kernel.createUser()
    const values = { displayName: ' Ada ', language: 'de', timeZone: 'Europe/Berlin' }
    const profile = await other.api(changeProfile, values)
    assert.deepEqual(
      [profile.displayName, profile.language, profile.timeZone],
      ['Ada', 'de', 'Europe/Berlin'],
    )
    assert.equal((await other.api(changeProfile, { displayName: null })).timeZone, 'Europe/Berlin')
    await assert.rejects(other.api(changeProfile, { timeZone: 'Moon/Base' }), {
      code: 'identity.time_zone_unknown',
    })
  })
})
