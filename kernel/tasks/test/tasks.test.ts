import assert from 'node:assert/strict'
import { createBroker, silentLogger, type Broker, type Principal } from '../../broker/index.ts'
import { testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { createTasks, type FindTasks, type TaskSource, type Tasks } from '../index.ts'
import { listTasks } from '../routes.ts'

const source = (id: string, permission = 'loans.loans.manage'): TaskSource => ({
  id,
  title: `${id}.title`,
  text: `${id}.text`,
  icon: 'i-lucide-coins',
  permission,
})
const holder: Principal = { kind: 'user', userId: '1', permissions: new Set(['loans.loans.manage']) }

describe('tasks of operators', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let tasks: Tasks
  let broker: Broker
  before(async () => {
    place = await testDatabase()
    tasks = createTasks({ log: silentLogger, timeoutMs: 50 })
    broker = createBroker({ database: place.database, log: silentLogger })
    await broker.start()
    broker.publish('tasks', tasks.implementations)
  })
  after(async () => {
    await broker.stop()
    await place.stop()
  })
  const list = (principal: Principal = holder) => broker.call(listTasks, {}, { principal })
  const offer = (finders: Readonly<Record<string, FindTasks>>) =>
    tasks.publish(
      'loans',
      Object.keys(finders).map((id) => source(id)),
      finders,
    )

  it('come from all sources, the gravest first', async () => {
    offer({
      'loans.waiting': async () => [{ key: 'all', severity: 'info', link: '/loans', count: 3 }],
      'loans.late': async () => [
        { key: '7', severity: 'critical', link: '/loans/7', data: { name: 'Anna' } },
      ],
    })
    const { items, missing } = await list()
    assert.deepEqual(
      items.map(({ id, owner, severity, count, data }) => ({ id, owner, severity, count, data })),
      [
        { id: 'loans.late:7', owner: 'loans', severity: 'critical', count: 1, data: { name: 'Anna' } },
        { id: 'loans.waiting:all', owner: 'loans', severity: 'info', count: 3, data: {} },
      ],
    )
    assert.deepEqual(missing, [])
  })

  it('are asked for only where the caller may do the work', async () => {
    let asked = 0
    offer({
      'loans.waiting': async () => {
        asked += 1
        return []
      },
    })
    assert.deepEqual((await list({ ...holder, permissions: new Set() })).items, [])
    assert.equal(asked, 0)
    await list()
    assert.equal(asked, 1)
  })

  it('leave out and name a source that fails or is late, and a link that leads away', async () => {
    offer({
      'loans.broken': async () => {
        throw new Error('no table')
      },
      'loans.slow': () => new Promise(() => undefined),
      'loans.astray': async () => [
        { key: 'a', severity: 'info', link: 'https://elsewhere.example' },
        { key: 'b', severity: 'info', link: '/here' },
      ],
    })
    const { items, missing } = await list()
    assert.deepEqual(
      items.map(({ link }) => link),
      ['/here'],
    )
    assert.deepEqual(missing, ['loans.broken', 'loans.slow'])
  })

  it('are gone with their owner', async () => {
    offer({ 'loans.waiting': async () => [{ key: 'a', severity: 'info', link: '/loans' }] })
    tasks.withdraw('loans')
    assert.deepEqual((await list()).items, [])
  })
})
