import assert from 'node:assert/strict'
import { createBroker, silentLogger, type Broker, type Principal } from '../../broker/index.ts'
import { toggleOf, type ParamsOf, type ResultOf, type Route } from '../../contract/index.ts'
import { createIdentity, type Identity } from '../../identity/index.ts'
import { eventually, testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { isOnFor, type ToggleState } from '../evaluation.ts'
import { createToggles, type Toggles } from '../index.ts'
import {
  changeToggle,
  countToggleAudience,
  listOwnToggles,
  listToggleChanges,
  listToggles,
  showToggle,
} from '../routes.ts'

const calculator = toggleOf({
  id: 'loans.calculator',
  title: 'Calculator',
  description: 'What a loan costs.',
  isOnByDefault: false,
})
const early = toggleOf({
  id: 'loans.early',
  title: 'Early repayment',
  description: 'Pay back before time.',
  isOnByDefault: true,
})
const off: ToggleState = { mode: 'off', percentage: 0, userIds: [], levels: [] }
const some: ToggleState = { ...off, mode: 'some' }

describe('feature toggle', function () {
  this.timeout(60_000)

  it('takes a user in at every look, at a percentage and at every greater one', () => {
    const users = Array.from({ length: 2_000 }, (_, index) => ({ id: String(index + 1), level: 0 }))
    const at = (percentage: number, id = 'loans.calculator') =>
      users.filter((user) => isOnFor(id, { ...some, percentage }, user)).map((user) => user.id)
    assert.deepEqual(at(20), at(20))
    assert.ok(at(10).every((id) => at(20).includes(id)))
    assert.ok(Math.abs(at(20).length - 400) < 80, `${at(20).length} of 2000`)
    assert.notDeepEqual(at(20), at(20, 'loans.early'))
    assert.deepEqual([at(0).length, at(100).length], [0, 2_000])
  })

  it('is on for named users, for users of a level, and for visitors where everybody is in', () => {
    const user = { id: '7', level: 2 }
    assert.equal(isOnFor('a.b', { ...some, userIds: ['7'] }, user), true)
    assert.equal(isOnFor('a.b', { ...some, levels: [2] }, user), true)
    assert.equal(isOnFor('a.b', { ...some, userIds: ['8'], levels: [3] }, user), false)
    assert.equal(isOnFor('a.b', { ...some, levels: [2], percentage: 99 }, null), false)
    assert.equal(isOnFor('a.b', { ...some, percentage: 100 }, null), true)
    assert.equal(isOnFor('a.b', { ...off, mode: 'on' }, null), true)
  })
})

describe('feature toggles', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let identity: Identity
  let toggles: Toggles
  let otherNode: Toggles
  let broker: Broker
  let published = 0
  const userIds: string[] = []

  const call = <X extends Route>(
    route: X,
    params: ParamsOf<X>,
    principal: Principal = { kind: 'system' },
  ): Promise<ResultOf<X>> => broker.call(route, params, { principal })
  const asUser = (userId: string): Principal => ({ kind: 'user', userId, permissions: new Set() })

  async function node(): Promise<Toggles> {
    const realtime = { provide: () => undefined, publish: () => (published += 1) }
    const made = createToggles({
      database: place.database,
      redis: place.redis,
      realtime,
      log: silentLogger,
      findUser: identity.findUser,
    })
    made.publish('loans', 'Loans', [calculator, early])
    await made.start()
    return made
  }

  before(async () => {
    place = await testDatabase()
    identity = createIdentity({ ...place, keys: [Buffer.alloc(32, 1)] })
    await identity.start()
    for (const name of ['anna', 'bert', 'carl', 'dora'])
      userIds.push(
        (await identity.createUser({ email: `${name}@example.com`, password: 'long enough 4 all' })).id,
      )
    await place.database('users').where({ id: userIds[3] }).update({ level: 2 })
    toggles = await node()
    otherNode = await node()
    broker = createBroker({ database: place.database, log: silentLogger })
    await broker.start()
    broker.publish('toggles', toggles.implementations)
  })
  after(async () => {
    await broker.stop()
    toggles.stop()
    otherNode.stop()
    identity.stop()
    await place.stop()
  })

  it('are at their defaults until somebody sets them, and pages are told nothing of those', async () => {
    assert.deepEqual([await toggles.isOn(calculator, null), await toggles.isOn(early, null)], [false, true])
    assert.deepEqual(await call(listOwnToggles, {}, { kind: 'anonymous' }), { values: {} })
    const { items } = await call(listToggles, {})
    assert.deepEqual(
      items.map(({ id, mode, revision, audience }) => [id, mode, revision, audience]),
      [
        ['loans.calculator', 'off', 0, { users: 0, of: 4 }],
        ['loans.early', 'on', 0, { users: 4, of: 4 }],
      ],
    )
  })

  it('are set for some, counted as they are asked, and followed by every node and page', async () => {
    const before = published
    const state = { mode: 'some' as const, percentage: 40, userIds: [userIds[0] as string], levels: [2] }
    const foreseen = await call(countToggleAudience, { toggleId: calculator.id, ...state })
    const set = await call(changeToggle, { toggleId: calculator.id, ...state, revision: 0 })
    const asked = await Promise.all(userIds.map((id) => toggles.isOn(calculator, id)))
    assert.deepEqual(set.audience, { users: asked.filter(Boolean).length, of: 4 })
    assert.deepEqual(foreseen, set.audience)
    assert.deepEqual([asked[0], asked[3]], [true, true])
    assert.ok(published > before)
    await eventually(() => otherNode.isOn(calculator, userIds[0] as string), 'the other node')
    assert.deepEqual(await call(listOwnToggles, {}, asUser(userIds[0] as string)), {
      values: { 'loans.calculator': true },
    })
    assert.deepEqual(await call(listOwnToggles, {}, { kind: 'anonymous' }), { values: {} })
  })

  it('refuse ids and users that nobody knows', async () => {
    for (const asked of [
      call(showToggle, { toggleId: 'loans.unknown' }),
      call(changeToggle, { toggleId: 'loans.unknown', ...off, userIds: [], levels: [], revision: 0 }),
      call(countToggleAudience, { toggleId: 'loans.unknown', ...off, userIds: [], levels: [] }),
      call(listToggleChanges, { toggleId: 'loans.unknown' }),
    ])
      await assert.rejects(asked, { type: 'toggles.toggle_not_found' })
    const named = { mode: 'some' as const, percentage: 0, userIds: ['999999'], levels: [] }
    await assert.rejects(call(changeToggle, { toggleId: early.id, ...named, revision: 0 }), {
      type: 'toggles.user_not_found',
    })
  })

  it('refuse a stale change with the present state, and remember every change', async () => {
    const plain = { toggleId: early.id, percentage: 0, userIds: [], levels: [] }
    await call(changeToggle, { ...plain, mode: 'off', revision: 0 })
    await assert.rejects(call(changeToggle, { ...plain, mode: 'on', revision: 0 }), (error: Error) => {
      const { type, data } = error as Error & { type: string; data: { current: { mode: string } } }
      assert.deepEqual([type, data.current.mode], ['toggles.changed_meanwhile', 'off'])
      return true
    })
    await call(changeToggle, { ...plain, mode: 'on', revision: 1 })
    const { items } = await call(listToggleChanges, { toggleId: early.id })
    assert.deepEqual(
      items.map(({ revision, mode, changedBy }) => [revision, mode, changedBy]),
      [
        [2, 'on', 'system'],
        [1, 'off', 'system'],
      ],
    )
  })

  it('are forgotten with their owner', async () => {
    await toggles.forget('loans')
    assert.equal((await call(showToggle, { toggleId: early.id })).revision, 0)
    assert.deepEqual((await call(listToggleChanges, { toggleId: early.id })).items, [])
  })
})
