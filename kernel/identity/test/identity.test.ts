import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createBroker, silentLogger, type Broker, type Client, type Principal } from '../../broker/index.ts'
import type { ParamsOf, ResultOf, Route } from '../../contract/index.ts'
import { createDatabase, createRedis, migrateKernel } from '../../database/index.ts'
import { testServices, type TestServices } from '../../testing/services.ts'
import { createIdentity, type Identity } from '../index.ts'
import { createUser, listPermissions, listUsers, login, register, showUser } from '../routes.ts'

const keys = [randomBytes(32)]
const password = 'correct horse battery'
const system: Principal = { kind: 'system' }

describe('identity', () => {
  let services: TestServices
  let database: Knex
  let redis: Redis
  let broker: Broker
  let identity: Identity

  before(async () => {
    services = await testServices()
    database = createDatabase(services.databaseUrl)
    redis = createRedis(services.redisUrl)
    await redis.connect()
    await migrateKernel(database)
    broker = createBroker({ database, log: silentLogger, checkResults: true })
    identity = createIdentity({ database, redis, keys })
    await identity.start()
    await identity.definePermissions('identity', identity.permissions)
    broker.publish('identity', identity.implementations)
  })

  after(async () => {
    await broker.stop()
    identity.stop()
    redis.disconnect()
    await database.destroy()
    services.release()
  })

  const refused = (type: string) => (error: unknown) => {
    assert.equal((error as { type?: string }).type, type)
    return true
  }

  /** Calls as a browser would; answers the cookie that was set as well. */
  async function browse<X extends Route>(
    route: X,
    params: ParamsOf<X>,
    address = '198.51.100.1',
  ): Promise<{ result: ResultOf<X>; cookie: string }> {
    let cookie = ''
    const client: Client = {
      address,
      userAgent: 'test',
      sessionId: null,
      isSecure: false,
      setHeader: (_, value) => {
        cookie = value.split(';')[0] as string
      },
    }
    const result = await broker.call(route, params, { principal: { kind: 'anonymous' }, client })
    return { result, cookie }
  }

  const permissionsOf = async (cookie: string): Promise<ReadonlySet<string>> => {
    const { principal } = await identity.authenticate(cookie)
    assert.ok(principal.kind === 'user')
    return principal.permissions
  }

  it('takes an e-mail address once, however it is spelled', async () => {
    await browse(register, { email: 'Ada@Example.com', password })
    for (const email of ['ada@example.com', ' ADA@EXAMPLE.COM ']) {
      await assert.rejects(browse(register, { email, password }), refused('identity.email_already_used'))
    }
    for (const email of [
      'ada',
      'ada@',
      '@example.com',
      'a b@example.com',
      'ada@example',
      'ada@@example.com',
    ]) {
      await assert.rejects(browse(register, { email, password }), refused('identity.email_malformed'))
    }
  })

  it('opens no account for a visitor while registration is closed', async () => {
    identity.setRegistration(async () => false)
    const late = browse(register, { email: 'late@example.com', password })
    await assert.rejects(late, refused('identity.registration_closed'))
    identity.setRegistration(async () => true)
    assert.equal(await identity.findUserByEmail('late@example.com'), undefined)
  })

  it('opens one account when the same address registers twice at once', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => browse(register, { email: 'twice@example.com', password })),
    )
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  })

  it('refuses passwords that would be guessed', async () => {
    const cases = [
      ['short', 'identity.password_must_be_longer'],
      ['x'.repeat(201), 'identity.password_must_be_shorter'],
      ['Password123', 'identity.password_too_common'],
      ['ababababab', 'identity.password_too_common'],
      ['grace.hopper', 'identity.password_must_differ_from_email'],
    ] as const
    for (const [weak, code] of cases) {
      const attempt = browse(register, { email: 'grace.hopper@example.com', password: weak })
      await assert.rejects(attempt, refused(code))
    }
  })

  it('keeps a password as argon2id and a session without its token', async () => {
    const { cookie } = await browse(register, { email: 'kept@example.com', password })
    const { secret } = await database('credentials').orderBy('user_id', 'desc').first<{ secret: string }>()
    assert.match(secret, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const token = cookie.split('=')[1] as string
    const keys = await redis.keys('*')
    const values = await Promise.all(
      keys.filter((key) => key.startsWith('session:')).map((key) => redis.get(key)),
    )
    assert.ok(values.length > 0)
    assert.ok([...keys, ...values].every((text) => !text?.includes(token)))
  })

  it('answers a wrong password and an unknown address alike', async () => {
    await browse(register, { email: 'alike@example.com', password })
    const tell = (email: string) =>
      browse(login, { email, password: 'wrong horse battery' }).catch(
        (error: { type: string; message: string }) => [error.type, error.message],
      )
    assert.deepEqual(await tell('alike@example.com'), await tell('nobody@example.com'))
  })

  it('blocks an account at one address after ten wrong passwords, and no other address', async () => {
    await browse(register, { email: 'target@example.com', password })
    for (let attempt = 0; attempt < 10; attempt++) {
      const wrong = browse(
        login,
        { email: 'target@example.com', password: `wrong ${attempt}` },
        '203.0.113.1',
      )
      await assert.rejects(wrong, refused('identity.credentials_wrong'))
    }
    const right = { email: 'Target@example.com', password }
    await assert.rejects(browse(login, right, '203.0.113.1'), (error: unknown) => {
      refused('identity.login_blocked')(error)
      assert.ok((error as { data: { retryAfterSeconds: number } }).data.retryAfterSeconds > 0)
      return true
    })
    assert.equal((await browse(login, right, '203.0.113.2')).result.user?.email, 'target@example.com')
  })

  it('forgets wrong passwords after the right one', async () => {
    await browse(register, { email: 'clumsy@example.com', password })
    for (let attempt = 0; attempt < 25; attempt++) {
      const isRight = attempt % 5 === 4
      const given = { email: 'clumsy@example.com', password: isRight ? password : 'wrong horse battery' }
      const attempted = browse(login, given, '203.0.113.3')
      if (isRight) await attempted
      else await assert.rejects(attempted, refused('identity.credentials_wrong'))
    }
  })

  it('gives a new permission to the roles it names, and to administrators always', async () => {
    const user = await browse(register, { email: 'member@example.com', password })
    const { id } = await identity.createUser({ email: 'boss@example.com', password, role: 'admin' })
    const admin = await browse(login, { email: 'boss@example.com', password })
    assert.equal(admin.result.user?.id, id)
    const trees = [
      { id: 'tree.trees.climb', title: 'Climb trees', roles: ['user', 'admin'] },
      { id: 'tree.trees.fell', title: 'Fell trees', roles: ['admin'] },
    ] as const
    assert.equal((await permissionsOf(user.cookie)).has('tree.trees.climb'), false)
    await identity.definePermissions('tree', trees)
    assert.equal((await permissionsOf(user.cookie)).has('tree.trees.climb'), true)
    assert.equal((await permissionsOf(user.cookie)).has('tree.trees.fell'), false)
    assert.equal((await permissionsOf(admin.cookie)).has('tree.trees.fell'), true)
  })

  it('leaves alone what an operator decided about a permission that is declared again', async () => {
    const climb = { id: 'hill.hills.climb', title: 'Climb hills', roles: ['user'] } as const
    await identity.definePermissions('hill', [climb])
    await database('role_permissions').where({ permission_id: climb.id }).delete()
    await identity.definePermissions('hill', [climb])
    const { cookie } = await browse(register, { email: 'walker@example.com', password })
    assert.equal((await permissionsOf(cookie)).has(climb.id), false)
    await assert.rejects(identity.definePermissions('dale', [climb]), /belongs to hill/)
  })

  it('lists permissions to those who may see accounts, with the roles that hold them', async () => {
    const { items, roles } = await broker.call(listPermissions, {}, { principal: system })
    assert.deepEqual(roles, ['admin', 'user'])
    const manage = items.find(({ id }) => id === 'identity.users.manage')
    assert.deepEqual(manage?.roles, ['admin'])
    await assert.rejects(browse(listPermissions, {}), refused('platform.sign_in_required'))
  })

  it('shows the change of a user to every node', async () => {
    const { cookie, result } = await browse(register, { email: 'nodes@example.com', password })
    const other = createIdentity({ database, redis, keys })
    await other.start()
    assert.equal((await other.authenticate(cookie)).principal.kind, 'user')
    const told = new Promise<string | null>((resolve) => other.onChange(resolve))
    await database('user_roles').insert({ user_id: result.user?.id, role_id: 'admin' })
    await browse(login, { email: 'nodes@example.com', password })
    assert.equal(await told, result.user?.id)
    const { principal } = await other.authenticate(cookie)
    assert.ok(principal.kind === 'user' && principal.permissions.has('identity.users.manage'))
    other.stop()
  })

  it('ends a session at its last day, used or not', async () => {
    const { cookie } = await browse(register, { email: 'late@example.com', password })
    const { sessionId } = await identity.authenticate(cookie)
    const key = `session:${sessionId}`
    const session = JSON.parse(String(await redis.get(key))) as { expiresAt: number }
    assert.ok((await redis.ttl(key)) <= 24 * 3600)
    await redis.set(key, JSON.stringify({ ...session, expiresAt: Date.now() - 1 }))
    const fresh = createIdentity({ database, redis, keys })
    assert.equal((await fresh.authenticate(cookie)).principal.kind, 'anonymous')
    assert.equal(await redis.exists(key), 0)
    fresh.stop()
  })

  it('makes a house account once, flagged, without a way to sign in', async () => {
    const ids = await Promise.all([identity.createHouseUser('maker'), identity.createHouseUser('maker')])
    assert.equal(ids[0], ids[1])
    const user = await broker.call(showUser, { userId: String(ids[0]) }, { principal: system })
    assert.deepEqual([user.isHouse, user.roles], [true, []])
    const attempt = browse(login, { email: user.email, password: '' })
    await assert.rejects(attempt, refused('validation'))
    await assert.rejects(
      browse(login, { email: user.email, password: 'nobody has this password' }),
      refused('identity.credentials_wrong'),
    )
  })

  it('lets an operator open accounts and leaf through them', async () => {
    const make = (email: string, role?: string) =>
      broker.call(
        createUser,
        { email, password, ...(role === undefined ? {} : { role }) },
        { principal: system },
      )
    await assert.rejects(make('role@example.org', 'king'), refused('identity.role_not_found'))
    for (const name of ['p1', 'p2', 'p3']) await make(`${name}@pages.example.org`, 'admin')
    const list = (cursor?: string) =>
      broker.call(listUsers, { limit: 2, search: 'p', ...(cursor ? { cursor } : {}) }, { principal: system })
    const first = await list()
    const second = await list(first.nextCursor)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ email }) => email),
      ['p3@pages.example.org', 'p2@pages.example.org', 'p1@pages.example.org'],
    )
    assert.equal(second.nextCursor, undefined)
    assert.deepEqual(first.items[0]?.roles, ['admin', 'user'])
    const unknown = broker.call(showUser, { userId: '999999' }, { principal: system })
    await assert.rejects(unknown, refused('identity.user_not_found'))
  })

  it('lists people without the accounts of the house, or only those', async () => {
    await identity.createHouseUser('lister')
    await identity.createUser({ email: 'lister@people.example.org', password })
    const emails = async (isHouse?: boolean): Promise<string[]> => {
      const params = { search: 'lister', ...(isHouse === undefined ? {} : { isHouse }) }
      const { items } = await broker.call(listUsers, params, { principal: system })
      return items.map(({ email }) => email)
    }
    assert.deepEqual(await emails(true), ['lister@house.invalid'])
    assert.deepEqual(await emails(false), ['lister@people.example.org'])
    assert.equal((await emails()).length, 2)
  })

  it('names the users that are asked for, and passes over ids nobody has', async () => {
    const made = await Promise.all(
      ['n1', 'n2', 'n3'].map((name) => identity.createUser({ email: `${name}@named.example.org`, password })),
    )
    const ids = [made[0]?.id ?? '', made[2]?.id ?? '', '999999', 'nobody']
    const { items } = await broker.call(listUsers, { ids }, { principal: system })
    assert.deepEqual(items.map(({ email }) => email).sort(), ['n1@named.example.org', 'n3@named.example.org'])
    assert.deepEqual((await broker.call(listUsers, { ids: [] }, { principal: system })).items, [])
  })
})
