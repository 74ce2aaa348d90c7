import assert from 'node:assert/strict'
import { listNotices } from '../../notifications/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import {
  activateSecondFactor,
  beginSecondFactor,
  changePassword,
  confirmIdentity,
  endOtherSessions,
  endSession,
  listSecurityEntries,
  listSessions,
  removeSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
  showSecondFactor,
  showSecurity,
  showSession,
  showUserSecurity,
} from '../routes.ts'
import { totpCode } from '../totp.ts'
import { openBrowser, password, type Browser } from './browser.ts'

const wrongCode = '000000'

describe('an account', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
  })
  after(() => kernel.stop())

  async function signedIn(userAgent?: string): Promise<{ user: TestUser; browser: Browser }> {
    const user = await kernel.createUser()
    const browser = openBrowser(kernel.origin, userAgent)
    await browser.login(user.email)
    return { user, browser }
  }

  /** The app's code of this moment, as if none had been used: a test has not the time to wait for the next one. */
  async function freshCode(user: TestUser, secret: string): Promise<string> {
    await kernel.parts.database('users_second_factors').where({ user_id: user.id }).update({ last_step: 0 })
    return totpCode(secret, Date.now())
  }

  async function protectedUser() {
    const { user, browser } = await signedIn()
    const { secret, uri } = await browser.api(beginSecondFactor, {})
    const code = totpCode(secret, Date.now())
    const { recoveryCodes } = await browser.api(activateSecondFactor, { code })
    return { user, browser, secret, uri, recoveryCodes, code }
  }

  const expired = async (browser: Browser): Promise<void> => {
    const key = `session:${browser.sessionId}`
    const session = JSON.parse((await kernel.parts.redis.get(key)) ?? '{}') as object
    await kernel.parts.redis.set(key, JSON.stringify({ ...session, confirmedAt: 0 }), 'KEEPTTL')
  }

  it('asks for no code before the first one was shown', async () => {
    const { user, browser } = await signedIn()
    await assert.rejects(browser.api(activateSecondFactor, { code: wrongCode }), {
      code: 'identity.second_factor_not_begun',
    })
    await browser.api(beginSecondFactor, {})
    await assert.rejects(browser.api(activateSecondFactor, { code: wrongCode }), {
      code: 'identity.code_wrong',
    })
    assert.equal((await browser.api(showSecondFactor, {})).isActive, false)
    const again = await openBrowser(kernel.origin).login(user.email)
    assert.equal(again.user?.hasSecondFactor, false)
  })

  it('takes a code of the app after the password, each code once', async () => {
    const { user, uri, secret, recoveryCodes, code } = await protectedUser()
    assert.match(uri, /^otpauth:\/\/totp\/Cambium/)
    assert.equal(new Set(recoveryCodes).size, 10)
    const browser = openBrowser(kernel.origin)
    const { user: nobody, challenge } = await browser.login(user.email)
    assert.equal(nobody, null)
    assert.equal((await browser.api(showSession, {})).user, null)
    // The code that turned it on was used.
    await assert.rejects(browser.loginWithCode(challenge, code), { code: 'identity.code_wrong' })
    const fresh = await freshCode(user, secret)
    assert.equal((await browser.loginWithCode(challenge, fresh)).user?.id, user.id)
    await assert.rejects(browser.loginWithCode(challenge, fresh), { code: 'identity.challenge_expired' })
    const other = openBrowser(kernel.origin)
    const next = await other.login(user.email)
    await assert.rejects(other.loginWithCode(next.challenge, fresh), { code: 'identity.code_wrong' })
  })

  it('lets one of several who show the same code at once in', async () => {
    const { user, secret } = await protectedUser()
    const challenges = await Promise.all(
      [1, 2, 3].map(async () => {
        const browser = openBrowser(kernel.origin)
        return { browser, challenge: (await browser.login(user.email)).challenge }
      }),
    )
    const code = await freshCode(user, secret)
    const results = await Promise.allSettled(
      challenges.map(({ browser, challenge }) => browser.loginWithCode(challenge, code)),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('opens once with each recovery code, however it is typed, and tells its owner', async () => {
    const { user, browser, recoveryCodes } = await protectedUser()
    const [first = ''] = recoveryCodes
    const other = openBrowser(kernel.origin)
    const { challenge } = await other.login(user.email)
    await other.loginWithCode(challenge, ` ${first.replaceAll('-', '').toUpperCase()} `)
    assert.equal((await browser.api(showSecondFactor, {})).recoveryCodesLeft, 9)
    const again = await openBrowser(kernel.origin).login(user.email)
    await assert.rejects(openBrowser(kernel.origin).loginWithCode(again.challenge, first), {
      code: 'identity.code_wrong',
    })
    const { recoveryCodes: renewed } = await browser.api(renewRecoveryCodes, {})
    assert.equal(renewed.filter((code) => recoveryCodes.includes(code)).length, 0)
    await kernel.settled()
    const { items } = await browser.api(listNotices, {})
    assert.deepEqual(
      items.slice(0, 3).map(({ kind }) => kind),
      [
        'platform.security.recoveryCodesRenewed',
        'platform.security.recoveryCodeUsed',
        'platform.security.secondFactorAdded',
      ],
    )
    const rows = (await kernel.parts.database('users_recovery_codes').select('code_hash')) as object[]
    assert.equal(JSON.stringify(rows).includes(first), false)
  })

  it('is not opened by trying codes', async () => {
    const { user, secret } = await protectedUser()
    const guess = async (): Promise<string> => {
      const browser = openBrowser(kernel.origin)
      const { challenge } = await browser.login(user.email)
      const refusals: string[] = []
      for (let turn = 0; turn < 6; turn += 1) {
        await browser
          .loginWithCode(challenge, wrongCode)
          .catch((error: { code: string }) => refusals.push(error.code))
      }
      return refusals.join(' ')
    }
    assert.equal(await guess(), `${'identity.code_wrong '.repeat(5)}identity.challenge_expired`)
    assert.match(await guess(), /^(identity\.code_wrong ){5}/)
    const browser = openBrowser(kernel.origin)
    const { challenge } = await browser.login(user.email)
    await assert.rejects(browser.loginWithCode(challenge, await freshCode(user, secret)), {
      code: 'identity.code_blocked',
    })
  })

  it('asks again who is there before what is sensitive: for the password, or for a code', async () => {
    const { browser } = await signedIn()
    await expired(browser)
    await assert.rejects(browser.api(beginSecondFactor, {}), { code: 'identity.confirmation_needed' })
    await assert.rejects(browser.api(confirmIdentity, { password: 'something else' }), {
      code: 'identity.credentials_wrong',
    })
    await browser.api(confirmIdentity, { password })
    await browser.api(beginSecondFactor, {})

    const { user, secret } = await protectedUser()
    const other = openBrowser(kernel.origin)
    const { challenge } = await other.login(user.email)
    await other.loginWithCode(challenge, await freshCode(user, secret))
    await expired(other)
    await assert.rejects(other.api(confirmIdentity, { password }), { code: 'identity.code_wrong' })
    await other.api(confirmIdentity, { code: await freshCode(user, secret) })
    assert.equal((await other.api(renewRecoveryCodes, {})).recoveryCodes.length, 10)
  })

  it('needs no code any more once its owner has turned that off with one', async () => {
    const { user, browser, secret } = await protectedUser()
    await assert.rejects(browser.api(beginSecondFactor, {}), {
      code: 'identity.second_factor_already_active',
    })
    await assert.rejects(browser.api(removeSecondFactor, { code: wrongCode }), {
      code: 'identity.code_wrong',
    })
    await browser.api(removeSecondFactor, { code: await freshCode(user, secret) })
    assert.equal((await openBrowser(kernel.origin).login(user.email)).user?.id, user.id)
    await assert.rejects(browser.api(removeSecondFactor, { code: wrongCode }), {
      code: 'identity.second_factor_not_active',
    })
  })

  it('has its second factor reset by an operator with a reason that stays, and nobody else', async () => {
    const { user, browser } = await protectedUser()
    const reset = { userId: user.id, reason: 'Lost the phone, seen in person' }
    await assert.rejects(browser.api(resetSecondFactor, reset), { code: 'platform.permission_missing' })
    await assert.rejects(admin.api(resetSecondFactor, { ...reset, reason: '' }), { code: 'validation' })
    assert.equal((await admin.api(resetSecondFactor, reset)).isActive, false)
    const { items, check } = await admin.api(showUserSecurity, { userId: user.id })
    assert.equal(check.secondFactor.isActive, false)
    const entry = items.find(({ kind }) => kind === 'secondFactorReset')
    assert.deepEqual([entry?.doneBy, entry?.reason], [admin.id, reset.reason])
    await assert.rejects(browser.api(showUserSecurity, { userId: admin.id }), {
      code: 'platform.permission_missing',
    })
    assert.equal((await openBrowser(kernel.origin).login(user.email)).user?.id, user.id)
  })

  it('lists its sessions, and ends those its owner does not know', async () => {
    const { user, browser } = await signedIn()
    const phone = openBrowser(kernel.origin, 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/604.1')
    await phone.login(user.email)
    const { items } = await browser.api(listSessions, {})
    const current = items.find(({ isCurrent }) => isCurrent)
    assert.deepEqual(current?.device, { browser: 'Firefox', system: 'Linux', isPhone: false })
    const other = items.find(({ device }) => device.isPhone)
    assert.equal(other?.address, '127.0.0.1')
    const stranger = await signedIn()
    await assert.rejects(stranger.browser.api(endSession, { sessionId: other?.id ?? '' }), {
      code: 'identity.session_not_found',
    })
    await browser.api(endSession, { sessionId: other?.id ?? '' })
    assert.equal((await phone.api(showSession, {})).user, null)
    await phone.login(user.email)
    assert.ok((await browser.api(endOtherSessions, {})).ended >= 1)
    assert.equal((await phone.api(showSession, {})).user, null)
    assert.equal((await browser.api(listSessions, {})).items.length, 1)
    await assert.rejects(openBrowser(kernel.origin).api(listSessions, {}), {
      code: 'platform.sign_in_required',
    })
  })

  it('remembers who came in, who did not, and says when it was from a new place', async () => {
    const { user, browser } = await signedIn()
    await assert.rejects(browser.login(user.email, 'not the password'), {
      code: 'identity.credentials_wrong',
    })
    const elsewhere = openBrowser(kernel.origin, 'Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36')
    await elsewhere.login(user.email)
    await kernel.settled()
    const { items } = await elsewhere.api(listSecurityEntries, { isSignIn: true })
    assert.deepEqual(
      items.slice(0, 3).map(({ kind }) => kind),
      ['signedInFromNewPlace', 'signInFailed', 'signedInFromNewPlace'],
    )
    const [notice] = (await elsewhere.api(listNotices, {})).items
    assert.equal(notice?.kind, 'platform.security.newPlace')
    assert.equal(notice?.data.device, 'Chrome, Windows')
    const first = await elsewhere.api(listSecurityEntries, { limit: 1 })
    const second = await elsewhere.api(listSecurityEntries, { limit: 1, cursor: first.nextCursor ?? '' })
    assert.notEqual(first.items[0]?.id, second.items[0]?.id)
  })

  it('ends every other session with a new password, and says how strong that is', async () => {
    const { user, browser } = await signedIn()
    const before = await browser.api(showSecurity, {})
    const other = openBrowser(kernel.origin)
    await other.login(user.email)
    const weak = { currentPassword: password, newPassword: 'summer2026!' }
    await browser.api(changePassword, weak).then(({ csrfToken }) => assert.ok(csrfToken))
    assert.equal((await other.api(showSession, {})).user, null)
    const after = await browser.api(showSecurity, {})
    assert.ok((after.password.strength ?? 9) < (before.password.strength ?? 0))
    assert.notEqual(after.password.changedAt, before.password.changedAt)
    assert.equal(after.sessions, 1)
  })
})
