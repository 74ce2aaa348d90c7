import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createBroker, silentLogger, type Broker } from '../../broker/index.ts'
import type { ParamsOf, ResultOf, Route } from '../../contract/index.ts'
import type { SettingsSchema } from '../../plugins/manifest.ts'
import { eventually, testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { createSettings, type Settings } from '../index.ts'
import {
  changeSettings,
  listSettings,
  listSettingsChanges,
  restoreSettings,
  showSettings,
} from '../routes.ts'

const schema: SettingsSchema = {
  type: 'object',
  properties: {
    levels: { type: 'integer', title: 'Levels', minimum: 1, maximum: 50, default: 15, unit: 'levels' },
    feed: { type: 'string', enum: ['slow', 'fast'], enumTitles: { slow: 'Slow' }, default: 'slow' },
    apiKey: { type: 'string', format: 'secret', minLength: 4 },
    limits: { type: 'object', properties: { daily: { type: 'integer', default: 10 } }, default: {} },
  },
}

const owners =
  'fresh spot quiet strict busy vault victim thief rotated older past undone partly early gone elsewhere'.split(
    ' ',
  )

describe('settings', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let directory: string
  let settings: Settings
  let otherNode: Settings
  let broker: Broker
  const published: unknown[] = []
  const owner = { icon: 'i-lucide-store', isPlatform: false, isRunning: true }

  const call = <X extends Route>(route: X, params: ParamsOf<X>): Promise<ResultOf<X>> =>
    broker.call(route, params, { principal: { kind: 'system' } })

  async function node(): Promise<Settings> {
    const realtime = {
      provide: () => undefined,
      publish: (name: string, _: string, message: unknown) => published.push([name, message]),
    }
    const made = createSettings({ ...place, realtime, dataDirectory: directory, log: silentLogger })
    made.lookUp({ list: async () => owners.map((id) => ({ ...owner, id, name: id, schema })) })
    await made.start()
    return made
  }

  before(async () => {
    place = await testDatabase()
    directory = mkdtempSync(path.join(tmpdir(), 'cambium-settings-'))
    settings = await node()
    otherNode = await node()
    broker = createBroker({ database: place.database, log: silentLogger })
    await broker.start()
    broker.publish('settings', settings.implementations)
  })
  after(async () => {
    await broker.stop()
    settings.stop()
    otherNode.stop()
    await place.stop()
    rmSync(directory, { recursive: true })
  })

  it('are the defaults of the schema until somebody sets them', async () => {
    assert.deepEqual(
      { ...settings.open('fresh', schema).values },
      { levels: 15, feed: 'slow', limits: { daily: 10 } },
    )
    const shown = await call(showSettings, { pluginId: 'fresh' })
    assert.equal(shown.revision, 0)
    assert.deepEqual(shown.values.apiKey, { isSet: false })
  })

  it('reach the running owner at once, on every node', async () => {
    const live = settings.open('spot', schema)
    const elsewhere = otherNode.open('spot', schema)
    const told: unknown[] = []
    live.onChange((values) => told.push(values.levels))
    await call(changeSettings, { pluginId: 'spot', values: { levels: 3 }, revision: 0 })
    assert.equal(live.values.levels, 3)
    assert.deepEqual(told, [3])
    await eventually(() => elsewhere.values.levels === 3, 'the other node')
  })

  it('tell no listener that was taken away', async () => {
    const live = settings.open('quiet', schema)
    let count = 0
    live.onChange(() => (count += 1))()
    await call(changeSettings, { pluginId: 'quiet', values: { levels: 2 }, revision: 0 })
    assert.equal(count, 0)
  })

  it('refuse what the schema does not allow, with a pointer to each fault', async () => {
    const values = { levels: 90, feed: 'late', unknown: 1 }
    await assert.rejects(
      call(changeSettings, { pluginId: 'strict', values, revision: 0 }),
      (error: Error) => {
        const { type, data } = error as Error & { type: string; data: { errors: { pointer: string }[] } }
        assert.equal(type, 'settings.values_invalid')
        assert.deepEqual(data.errors.map(({ pointer }) => pointer).sort(), [
          '#/feed',
          '#/levels',
          '#/unknown',
        ])
        return true
      },
    )
  })

  it('refuse a change of what somebody else has changed meanwhile', async () => {
    await call(changeSettings, { pluginId: 'busy', values: { levels: 4 }, revision: 0 })
    const late = call(changeSettings, { pluginId: 'busy', values: { levels: 5 }, revision: 0 })
    await assert.rejects(late, (error: Error) => {
      const { type, data } = error as Error & {
        type: string
        data: { current: ResultOf<typeof showSettings> }
      }
      assert.equal(type, 'settings.changed_meanwhile')
      assert.deepEqual([data.current.revision, data.current.values.levels], [1, 4])
      return true
    })
    assert.equal((await call(showSettings, { pluginId: 'busy' })).values.levels, 4)
  })

  it('refuse an owner that is not there', async () => {
    await assert.rejects(call(showSettings, { pluginId: 'nobody' }), { type: 'settings.owner_not_found' })
  })

  it('keep a secret encrypted, tell it to nobody but the owner, and keep it when it is left out', async () => {
    const live = settings.open('vault', schema)
    const first = await call(changeSettings, {
      pluginId: 'vault',
      values: { apiKey: 'open sesame' },
      revision: 0,
    })
    assert.deepEqual(first.values.apiKey, { isSet: true })
    assert.equal(live.values.apiKey, 'open sesame')
    const row = await place.database('settings_values').where({ owner: 'vault' }).first()
    assert.doesNotMatch(row.content, /sesame/)
    await call(changeSettings, { pluginId: 'vault', values: { levels: 9 }, revision: 1 })
    assert.equal(live.values.apiKey, 'open sesame')
    await call(changeSettings, { pluginId: 'vault', values: { apiKey: null }, revision: 2 })
    assert.equal(live.values.apiKey, undefined)
  })

  it('do not open a secret that was copied to another owner', async () => {
    await call(changeSettings, { pluginId: 'victim', values: { apiKey: 'of the victim' }, revision: 0 })
    const { content } = await place.database('settings_values').where({ owner: 'victim' }).first()
    await place.database('settings_values').insert({
      owner: 'thief',
      content,
      revision: 1,
      changed_by: 'test',
      changed_at: new Date(),
    })
    const third = await node()
    assert.equal(third.open('thief', schema).values.apiKey, undefined)
    assert.equal(third.open('victim', schema).values.apiKey, 'of the victim')
    third.stop()
  })

  it('have a key that only its owner may read, and take a new one in front of it', async () => {
    const file = path.join(directory, 'settings.keys')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    await call(changeSettings, { pluginId: 'rotated', values: { apiKey: 'before' }, revision: 0 })
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n${readFileSync(file, 'utf8')}`)
    const third = await node()
    assert.equal(third.open('rotated', schema).values.apiKey, 'before')
    third.stop()
  })

  it('fall back to the default where a newer schema no longer allows what was set', async () => {
    await call(changeSettings, { pluginId: 'older', values: { levels: 40, feed: 'fast' }, revision: 0 })
    const narrower = {
      ...schema,
      properties: { ...schema.properties, levels: { type: 'integer', maximum: 20, default: 7 } },
    }
    const { values } = settings.open('older', narrower as SettingsSchema)
    assert.equal(values.levels, 7)
    assert.equal(values.feed, 'fast')
  })

  it('are listed for all owners at once, with who changed them last', async () => {
    await call(changeSettings, {
      pluginId: 'elsewhere',
      values: { levels: 6, apiKey: 'hidden' },
      revision: 0,
    })
    const { items } = await call(listSettings, {})
    assert.deepEqual(items.map((one) => one.owner).toSorted(), owners.toSorted())
    const one = items.find((each) => each.owner === 'elsewhere')
    assert.deepEqual([one?.values.levels, one?.values.apiKey], [6, { isSet: true }])
    assert.deepEqual([one?.changedBy, one?.revision], ['system', 1])
    assert.doesNotMatch(JSON.stringify(items), /hidden/)
    assert.deepEqual(published.at(-1), ['settings.changes', { owner: 'elsewhere', revision: 1 }])
  })

  it('remember what they were and who changed them, and of a secret only that it was changed', async () => {
    await call(changeSettings, { pluginId: 'past', values: { levels: 3 }, revision: 0 })
    await call(changeSettings, { pluginId: 'past', values: { levels: 4, apiKey: 'sesame' }, revision: 1 })
    await call(changeSettings, { pluginId: 'past', values: { levels: 4, apiKey: null }, revision: 2 })
    const { items } = await call(listSettingsChanges, { pluginId: 'past' })
    assert.deepEqual(
      items.map(({ revision, changes, secrets }) => ({ revision, changes, secrets })),
      [
        { revision: 3, changes: [], secrets: [{ name: 'apiKey', is: 'removed' }] },
        {
          revision: 2,
          changes: [{ name: 'levels', before: 3, after: 4 }],
          secrets: [{ name: 'apiKey', is: 'written' }],
        },
        { revision: 1, changes: [{ name: 'levels', before: 15, after: 3 }], secrets: [] },
      ],
    )
    assert.doesNotMatch(JSON.stringify(items), /sesame/)
    assert.doesNotMatch(JSON.stringify(await place.database('settings_changes')), /sesame/)
    const first = await call(listSettingsChanges, { pluginId: 'past', limit: 2 })
    const rest = await call(listSettingsChanges, {
      pluginId: 'past',
      limit: 2,
      cursor: first.nextCursor ?? '',
    })
    assert.deepEqual(
      rest.items.map(({ revision }) => revision),
      [1],
    )
  })

  it('go back to any earlier values and to the defaults, and leave secrets as they are', async () => {
    const live = settings.open('undone', schema)
    await call(changeSettings, { pluginId: 'undone', values: { levels: 3, apiKey: 'sesame' }, revision: 0 })
    await call(changeSettings, { pluginId: 'undone', values: { levels: 4 }, revision: 1 })
    const undone = await call(restoreSettings, { pluginId: 'undone', to: 1, revision: 2 })
    assert.deepEqual([undone.values.levels, undone.revision], [3, 3])
    await call(restoreSettings, { pluginId: 'undone', to: 0, revision: 3 })
    assert.deepEqual([live.values.levels, live.values.apiKey], [15, 'sesame'])
  })

  it('go back with the named values alone', async () => {
    await call(changeSettings, { pluginId: 'partly', values: { levels: 3, feed: 'fast' }, revision: 0 })
    const back = await call(restoreSettings, { pluginId: 'partly', to: 0, names: ['levels'], revision: 1 })
    assert.deepEqual([back.values.levels, back.values.feed], [15, 'fast'])
  })

  it('refuse to go back from what was not read, or to what is not kept', async () => {
    await call(changeSettings, { pluginId: 'early', values: { levels: 3 }, revision: 0 })
    await assert.rejects(call(restoreSettings, { pluginId: 'early', to: 0, revision: 0 }), {
      type: 'settings.changed_meanwhile',
    })
    await assert.rejects(call(restoreSettings, { pluginId: 'early', to: 9, revision: 1 }), {
      type: 'settings.revision_not_found',
    })
  })

  it('are forgotten with all they were', async () => {
    await call(changeSettings, { pluginId: 'gone', values: { levels: 3 }, revision: 0 })
    await settings.forget('gone')
    assert.deepEqual((await call(listSettingsChanges, { pluginId: 'gone' })).items, [])
    assert.equal((await call(showSettings, { pluginId: 'gone' })).revision, 0)
  })
})
