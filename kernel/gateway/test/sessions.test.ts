import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import path from 'node:path'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { SessionAnswer } from '../../identity/routes.ts'
import type { Problem } from '../../contract/index.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const password = 'correct horse battery'

interface Browser {
  cookie: string
  csrfToken: string
  send(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Response>
}

describe('sessions over HTTP', () => {
  let door: TestDoor
  let operatorSocket: string

  before(async () => {
    operatorSocket = `/tmp/cambium-operator-${process.pid}.sock`
    door = await openTestDoor({ operatorSocket })
  })

  after(() => door.stop())

  function openBrowser(): Browser {
    const browser: Browser = {
      cookie: '',
      csrfToken: '',
      async send(method, path, body, headers = {}) {
        const response = await fetch(door.origin + path, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(browser.cookie ? { cookie: browser.cookie, 'x-csrf-token': browser.csrfToken } : {}),
            ...headers,
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
        const cookie = response.headers.get('set-cookie')
        if (cookie)
          browser.cookie = cookie.startsWith('cambium_session=;') ? '' : (cookie.split(';')[0] as string)
        return response
      },
    }
    return browser
  }

  async function register(email: string): Promise<Browser> {
    const browser = openBrowser()
    const response = await browser.send('POST', '/api/identity/register', { email, password })
    assert.equal(response.status, 200)
    browser.csrfToken = ((await response.json()) as SessionAnswer).csrfToken
    return browser
  }

  const current = async (browser: Browser): Promise<SessionAnswer> =>
    (await (await browser.send('GET', '/api/identity/session')).json()) as SessionAnswer

  const codeOf = async (response: Response): Promise<string> =>
    ((await response.json()) as Problem).type.replace('/problems/', '')

  it('begin with a registration and carry the user', async () => {
    const browser = await register('Ada@Example.com')
    const { user, csrfToken } = await current(browser)
    assert.equal(user?.email, 'Ada@Example.com')
    assert.deepEqual(user?.roles, ['user'])
    assert.equal(csrfToken, browser.csrfToken)
  })

  it('put a cookie no script can read, and only encrypted ones behind https', async () => {
    await register('cookie@example.com')
    const login = (headers: Record<string, string>) =>
      openBrowser().send('POST', '/api/identity/login', { email: 'cookie@example.com', password }, headers)
    const plain = (await login({})).headers.get('set-cookie')
    assert.match(String(plain), /^cambium_session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
    const encrypted = (await login({ 'x-forwarded-proto': 'https' })).headers.get('set-cookie')
    assert.match(String(encrypted), /; Secure$/)
  })

  it('are another one after every sign-in', async () => {
    const browser = await register('rotate@example.com')
    const first = browser.cookie
    const body = { email: 'rotate@example.com', password }
    assert.equal((await browser.send('POST', '/api/identity/login', body)).status, 200)
    assert.notEqual(browser.cookie, first)
    const old = openBrowser()
    old.cookie = first
    assert.equal((await current(old)).user, null)
  })

  it('ask for their token before anything is changed', async () => {
    const browser = await register('csrf@example.com')
    const token = browser.csrfToken
    for (const wrong of ['', 'x'.repeat(token.length)]) {
      browser.csrfToken = wrong
      const response = await browser.send('POST', '/api/identity/logout', {})
      assert.equal(response.status, 403)
      assert.equal(await codeOf(response), 'gateway.csrf_token_wrong')
    }
    browser.csrfToken = token
    assert.equal((await browser.send('POST', '/api/identity/logout', {})).status, 200)
  })

  it('are over at once after signing out', async () => {
    const browser = await register('leave@example.com')
    const { cookie } = browser
    assert.ok((await current(browser)).user)
    assert.equal((await browser.send('POST', '/api/identity/logout', {})).status, 200)
    browser.cookie = cookie
    assert.equal((await current(browser)).user, null)
  })

  it('end everywhere else when the password changes', async () => {
    const browser = await register('change@example.com')
    const other = openBrowser()
    await other.send('POST', '/api/identity/login', { email: 'change@example.com', password })
    assert.ok((await current(other)).user)
    const change = { currentPassword: password, newPassword: 'staple battery horse' }
    assert.equal((await browser.send('POST', '/api/identity/password', change)).status, 200)
    assert.ok((await current(browser)).user)
    assert.equal((await current(other)).user, null)
    const old = await other.send('POST', '/api/identity/login', { email: 'change@example.com', password })
    assert.equal(await codeOf(old), 'identity.credentials_wrong')
  })

  it('are ignored when the cookie is none of ours', async () => {
    const browser = openBrowser()
    for (const cookie of ['cambium_session=x', `cambium_session=${'a'.repeat(43)}`, 'other=1']) {
      browser.cookie = cookie
      assert.deepEqual(await current(browser), { user: null, csrfToken: '' })
    }
  })

  it('do not open what asks for a permission', async () => {
    const browser = await register('plain@example.com')
    const response = await browser.send('GET', '/api/identity/users')
    assert.equal(response.status, 403)
    assert.equal(await codeOf(response), 'platform.permission_missing')
  })

  it('are not needed on the operator socket, which only its owner can open', async () => {
    assert.equal((await stat(operatorSocket)).mode & 0o777, 0o600)
    const sent = httpRequest({ socketPath: operatorSocket, path: '/api/identity/users?limit=1' }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    assert.equal(response.statusCode, 200)
    response.resume()
    await once(response, 'end')
    assert.equal(path.dirname(operatorSocket), '/tmp')
  })
})
