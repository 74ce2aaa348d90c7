import assert from 'node:assert/strict'
import { searchRank } from '../../contract/index.ts'
import { createTestKernel, type TestKernel, type TestUser } from '../../testing/index.ts'
import { search } from '../routes.ts'

describe('search rank', () => {
  it('counts the whole above the beginning, that above a word inside, and the first field above others', () => {
    const ranks = [
      searchRank('btc usdt', ['BTC-USDT']),
      searchRank('btc', ['BTC-USDT']),
      searchRank('usdt', ['BTC-USDT']),
      searchRank('sdt', ['BTC-USDT']),
      searchRank('eth', ['BTC-USDT']),
    ]
    assert.deepEqual(ranks, [1, 0.8, 0.6, 0.4, 0])
    assert.ok(searchRank('a', ['a', 'b']) > searchRank('b', ['a', 'b']))
    assert.equal(searchRank('  ', ['a']), 0)
    assert.equal(searchRank('Zurich', ['Zürich']), 1)
  })
})

describe('search', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let admin: TestUser
  let user: TestUser

  before(async () => {
    kernel = await createTestKernel()
    admin = await kernel.createUser({ role: 'admin', funding: { BTC: '1' } })
    user = await kernel.createUser()
  })
  after(() => kernel.stop())

  const publish = (sources: Parameters<TestKernel['parts']['points']['modules']['search']['publish']>[2]) =>
    kernel.parts.points.modules.search.publish(
      'shop',
      Object.keys(sources).map((id, index) => ({
        id,
        title: `search.${id}`,
        app: 'portal' as const,
        order: index,
        ...(id.endsWith('own') ? { permission: 'signedIn' } : {}),
      })),
      sources,
    )

  it('finds assets for everybody, and groups what it finds, the best first', async () => {
    publish({
      'shop.things': async ({ limit }) =>
        Array.from({ length: 20 }, (_, index) => ({
          id: String(index),
          title: `Thing ${index}`,
          link: '/shop',
          rank: index / 100,
        })).slice(0, limit + 5),
    })
    const { groups, missing } = await kernel.call(
      search,
      { text: 'bitcoin', app: 'portal' },
      { as: 'stranger' },
    )
    assert.deepEqual(
      groups.map(({ id, items }) => [id, items.length]),
      [
        ['platform.assets', 1],
        ['shop.things', 6],
      ],
    )
    assert.equal(groups[1]?.items[0]?.title, 'Thing 10')
    assert.deepEqual(missing, [])
  })

  it('leaves out and names what is late or fails, and shows no link that leads away', async () => {
    publish({
      'shop.slow': () => new Promise(() => undefined),
      'shop.broken': () => Promise.reject(new Error('no')),
      'shop.evil': () => Promise.resolve([{ id: 'x', title: 'x', link: 'https://evil.example' }]),
    })
    const begunAt = performance.now()
    const { groups, missing } = await user.api(search, { text: 'zzz', app: 'portal' })
    assert.ok(performance.now() - begunAt < 3_000)
    assert.deepEqual(groups, [])
    assert.deepEqual(
      missing.map(({ id }) => id),
      ['shop.slow', 'shop.broken'],
    )
  })

  it('asks a source only for who may see what it finds', async () => {
    const askers: (string | null)[] = []
    publish({
      'shop.own': async ({ userId }) => {
        askers.push(userId)
        return []
      },
    })
    await kernel.call(search, { text: 'a', app: 'portal' }, { as: 'stranger' })
    await user.api(search, { text: 'a', app: 'portal' })
    assert.deepEqual(askers, [user.id])
    const asUser = await user.api(search, { text: admin.email, app: 'admin' })
    assert.deepEqual(asUser.groups, [])
  })

  it('takes operators to users, ledger accounts and entries', async () => {
    const byEmail = await admin.api(search, { text: user.email.slice(0, 8), app: 'admin' })
    assert.ok(byEmail.groups.some(({ items }) => items.some(({ link }) => link === `/users/${user.id}`)))
    const account = `user:${admin.id}/`
    const accounts = await admin.api(search, { text: account, app: 'admin' })
    assert.ok(
      accounts.groups.find(({ id }) => id === 'platform.accounts')?.items[0]?.title.startsWith(account),
    )
    const [{ key } = { key: '' }] = (await kernel.parts.ledger.listEntries({ limit: 1 })).items
    const entries = await admin.api(search, { text: key, app: 'admin' })
    assert.equal(entries.groups.find(({ id }) => id === 'platform.entries')?.items[0]?.text, key)
  })

  it('forgets the sources of an owner that is gone', async () => {
    publish({ 'shop.things': async () => [{ id: 'x', title: 'x', link: '/x' }] })
    kernel.parts.points.modules.search.withdraw('shop')
    assert.deepEqual((await user.api(search, { text: 'x', app: 'portal' })).groups, [])
  })
})
