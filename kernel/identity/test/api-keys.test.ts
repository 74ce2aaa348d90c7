import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { createTransfer, listBalances } from '../../exchange/routes.ts'
import type { Principal } from '../../broker/index.ts'
import type { Route } from '../../contract/index.ts'
import { listNotices } from '../../notifications/routes.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import {
  changeApiKey,
  createApiKey,
  createUserApiKey,
  listApiKeys,
  listSecurityEntries,
  listUserApiKeys,
  revokeApiKey,
  revokeUserApiKey,
} from '../routes.ts'
import { openBrowser, type Browser } from './browser.ts'

const home = '203.0.113.7'
const elsewhere = '198.51.100.1'
const payload = 'symbol=BTCUSDT&timestamp=1'
const hmac = (secret: string, text = payload): string =>
  createHmac('sha256', secret).update(text).digest('hex')

describe('an API key', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin' })
  })
  after(() => kernel.stop())

  const keys = () => kernel.parts.identity.apiKeys

  async function owner(): Promise<{ user: TestUser; browser: Browser }> {
    const user = await kernel.createUser({ funding: { USDT: '5' } })
    const browser = openBrowser(kernel.origin)
    await browser.login(user.email)
    return { user, browser }
  }

  async function made(content: Partial<Parameters<typeof newKey>[1]> = {}) {
    const { user, browser } = await owner()
    const { key, secret } = await newKey(browser, content)
    return { user, browser, key, secret: secret ?? '' }
  }

  function newKey(
    browser: Browser,
    content: { scopes?: string[]; addresses?: string[]; expiresAt?: string | null },
  ) {
    return browser.api(createApiKey, { name: 'Bot', kind: 'hmac-sha256', scopes: ['read'], ...content })
  }

  /** A problem that came over HTTP. */
  const answered = (code: string) => ({ code: `identity.${code}` })
  /** What is thrown inside the kernel. */
  const refused = (code: string) => ({ type: `identity.${code}` })
  const call = (route: Route, params: Readonly<Record<string, unknown>>, principal: Principal) =>
    kernel.parts.broker.call(route, params, { principal, idempotencyKey: crypto.randomUUID() })

  it('proves by HMAC-SHA256 whose request it is, to the byte', async () => {
    const { user, key, secret } = await made()
    const proof = { apiKey: key.apiKey, payload, address: home }
    const principal = await keys().verify({ ...proof, signature: hmac(secret) })
    assert.equal(principal.userId, user.id)
    assert.deepEqual([...(principal.apiKey?.scopes ?? [])], ['read'])
    await keys().verify({ ...proof, signature: hmac(secret).toUpperCase() })
    for (const signature of [hmac(secret, `${payload} `), hmac(`${secret}x`), `${hmac(secret)}zz`, '', 'zz'])
      await assert.rejects(keys().verify({ ...proof, signature }), refused('api_key_signature_wrong'))
    await assert.rejects(keys().find('nobody', home), refused('api_key_unknown'))
  })

  it('proves by Ed25519, of which only the public half comes here', async () => {
    const { browser } = await owner()
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const content = { name: 'Bot', kind: 'ed25519' as const, scopes: ['read'] }
    const { key, secret } = await browser.api(createApiKey, { ...content, publicKey: pem })
    assert.equal(secret, null)
    const signature = sign(null, Buffer.from(payload), privateKey).toString('base64')
    await keys().verify({ apiKey: key.apiKey, payload, signature, address: home })
    await assert.rejects(
      keys().verify({ apiKey: key.apiKey, payload: `${payload}0`, signature, address: home }),
      refused('api_key_signature_wrong'),
    )
    const secretHalf = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    for (const wrong of [undefined, 'text', secretHalf])
      await assert.rejects(
        browser.api(createApiKey, { ...content, ...(wrong === undefined ? {} : { publicKey: wrong }) }),
        answered('api_key_public_key_unreadable'),
      )
  })

  it('opens what its scopes name, and nothing its owner may not do', async () => {
    const { user, key } = await made()
    const principal = await keys().find(key.apiKey, home)
    const { items } = (await call(listBalances, {}, principal)) as { items: readonly unknown[] }
    assert.ok(items.length > 0)
    const transfer = { assetId: 'USDT', amount: '1', from: 'funding', to: 'spot' }
    await assert.rejects(call(createTransfer, transfer, principal), { type: 'platform.scope_missing' })
    // A route that names no scope takes no key, whoever's it is.
    await assert.rejects(call(listApiKeys, {}, principal), { type: 'platform.scope_missing' })
    const own = { userId: user.id, name: 'Bot', kind: 'hmac-sha256', scopes: ['read'] }
    await assert.rejects(call(createUserApiKey, own, principal), { type: 'platform.permission_missing' })
  })

  it('is used from the addresses it may be used from', async () => {
    const { key } = await made({ addresses: ['203.0.113.0/24', '2001:db8::/32'] })
    for (const address of [home, '::ffff:203.0.113.9', '2001:db8::1']) await keys().find(key.apiKey, address)
    for (const address of [elsewhere, '2001:db9::1', 'nowhere'])
      await assert.rejects(keys().find(key.apiKey, address), refused('api_key_address_not_allowed'))
    const { browser } = await owner()
    for (const wrong of ['203.0.113.7/33', '203.0.113', 'example.org', '203.0.113.0/24/1', '1.2.3.4/'])
      await assert.rejects(newKey(browser, { addresses: [wrong] }), answered('api_key_address_malformed'))
  })

  it('ends when it was to end, and is revoked at once', async () => {
    const { browser, key } = await made({ expiresAt: new Date(Date.now() + 3600_000).toISOString() })
    await keys().find(key.apiKey, home)
    await kernel.parts
      .database('users_api_keys')
      .where({ id: key.id })
      .update({ expires_at: new Date(Date.now() - 1) })
    await browser.api(changeApiKey, { keyId: key.id, name: 'Old bot' })
    await assert.rejects(keys().find(key.apiKey, home), refused('api_key_expired'))
    await browser.api(changeApiKey, { keyId: key.id, expiresAt: null })
    await keys().find(key.apiKey, home)
    await browser.api(revokeApiKey, { keyId: key.id })
    await assert.rejects(keys().find(key.apiKey, home), refused('api_key_unknown'))
    assert.deepEqual((await browser.api(listApiKeys, {})).items, [])
    const [row] = await kernel.parts.database('users_api_keys').where({ id: key.id })
    assert.equal((row as { sealed_secret: unknown }).sealed_secret, null)
    await assert.rejects(
      newKey(browser, { expiresAt: new Date(Date.now() - 1000).toISOString() }),
      answered('api_key_must_expire_later'),
    )
  })

  it('has less to open as soon as its owner has', async () => {
    const { user, key } = await made()
    const { permissions } = await keys().find(key.apiKey, home)
    assert.equal(permissions.has('identity.users.read'), false)
    await kernel.parts.identity.eraseUser(user.id, async () => undefined)
    await assert.rejects(keys().find(key.apiKey, home), refused('api_key_unknown'))
    assert.equal((await kernel.parts.database('users_api_keys').where({ user_id: user.id })).length, 0)
  })

  it('notes its last use, and stands in the history of the account', async () => {
    const { browser, key } = await made()
    await keys().find(key.apiKey, home)
    const used = async () => (await browser.api(listApiKeys, {})).items[0]?.lastUsedAddress
    const deadline = Date.now() + 5_000
    while ((await used()) !== home && Date.now() < deadline) await new Promise(setImmediate)
    assert.equal(await used(), home)
    await browser.api(changeApiKey, { keyId: key.id, scopes: ['read', 'trade'] })
    assert.deepEqual([...((await keys().find(key.apiKey, home)).apiKey?.scopes ?? [])], ['read', 'trade'])
    await browser.api(revokeApiKey, { keyId: key.id })
    const { items } = await browser.api(listSecurityEntries, {})
    assert.deepEqual(
      items.map(({ kind }) => kind).filter((kind) => kind.startsWith('apiKey')),
      ['apiKeyRevoked', 'apiKeyChanged', 'apiKeyCreated'],
    )
    await kernel.settled()
    const notices = await browser.api(listNotices, {})
    assert.ok(notices.items.some(({ kind }) => kind === 'platform.security.apiKeyCreated'))
  })

  it('is its owner’s alone; operators see and revoke it, and only the command on the machine makes one', async () => {
    const { user, key } = await made()
    const { browser: stranger } = await owner()
    await assert.rejects(stranger.api(revokeApiKey, { keyId: key.id }), answered('api_key_not_found'))
    await assert.rejects(
      stranger.api(changeApiKey, { keyId: key.id, name: 'Mine' }),
      answered('api_key_not_found'),
    )
    const content = { userId: user.id, name: 'Bot', kind: 'hmac-sha256' as const, scopes: ['read'] }
    await assert.rejects(
      kernel.call(createUserApiKey, content, { as: admin }),
      answered('api_key_only_by_owner'),
    )
    const byCommand = await kernel.call(createUserApiKey, content)
    assert.equal(byCommand.secret?.length, 64)
    const { items } = await kernel.call(listUserApiKeys, { userId: user.id }, { as: admin })
    assert.deepEqual(
      items.map(({ id }) => id),
      [byCommand.key.id, key.id],
    )
    const reason = 'Seen in a public repository'
    await kernel.call(revokeUserApiKey, { userId: user.id, keyId: key.id, reason }, { as: admin })
    await assert.rejects(keys().find(key.apiKey, home), refused('api_key_unknown'))
  })

  it('can be allowed only what somebody offers, and an account has room for thirty', async () => {
    const { browser } = await owner()
    await assert.rejects(newKey(browser, { scopes: ['futures'] }), answered('api_scope_unknown'))
    keys().offer('sample', [{ id: 'futures', title: 'scopes.futures' }])
    await newKey(browser, { scopes: ['futures'] })
    keys().offer('sample', [])
    for (let count = 1; count < 30; count += 1) await newKey(browser, {})
    await assert.rejects(newKey(browser, {}), answered('api_keys_too_many'))
  })
})
