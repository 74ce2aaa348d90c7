import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import type { Operation } from '../routes.ts'
import { manifestSource, migrationSource, serverSource, type FixtureFiles } from './fixture.ts'
import { ping, refused, sample, sampleSuite } from './sample-suite.ts'

const step = (operation: Operation, name: string) => operation.steps.find((entry) => entry.name === name)

/** The second version: one more table, and a column of the first that goes. */
const second: FixtureFiles = {
  'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
  'server/server.ts': serverSource(2),
  'migrations/0002-more.ts': migrationSource('sample_more'),
  'migrations/0003-no-text.ts': `
    export const phase = 'contract'
    export const up = async (knex) => { await knex.schema.alterTable('sample_notes', (t) => t.dropColumn('text')) }
    export const down = async (knex) => {
      if (await knex.schema.hasColumn('sample_notes', 'text')) return
      await knex.schema.alterTable('sample_notes', (t) => t.string('text'))
    }`,
}

describe('upgrade of a plugin', () => {
  const suite = sampleSuite()
  const { enable, version, has } = suite
  const call = <X extends Parameters<typeof suite.platform.call>[0]>(
    ...given: Parameters<typeof suite.platform.call<X>>
  ) => suite.platform.call<X>(...given)
  const upgrade = (to = '1.1.0') => call(routes.upgradePlugin, { ...sample, version: to })
  const rollback = () => call(routes.rollbackPlugin, sample)
  const hasText = () => suite.platform.database.schema.hasColumn('sample_notes', 'text')

  beforeEach(async () => {
    await enable()
    await suite.plugins.write('sample', second)
  })

  it('widens the tables before the flip and narrows them when the version before is gone', async () => {
    const operation = await upgrade()
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.deepEqual([operation.fromVersion, operation.version], ['1.0.0', '1.1.0'])
    assert.deepEqual(
      operation.steps.map(({ name }) => name),
      ['verify', 'stage', 'migrate', 'start', 'probe', 'flip', 'drain', 'contract', 'dispose', 'keep'],
    )
    assert.equal(step(operation, 'migrate')?.detail, '0002-more')
    assert.equal(step(operation, 'contract')?.detail, '0003-no-text')
    assert.deepEqual([await version(), await has('sample_more'), await hasText()], [2, true, false])
  })

  for (const [what, statement] of [
    [
      'writes a row of',
      "await knex('ledger_assets').insert({ id: 'X', name: 'X', scale: 0, trading_scale: 0 })",
    ],
    ['reads', "await knex('ledger_holds').select('id')"],
    ['makes', "await knex.schema.createTable('other_notes', (t) => t.increments('id'))"],
  ] as const) {
    it(`stops a migration that ${what} another's table only when it finds a row of its own`, async () => {
      await suite.platform.database('sample_notes').insert({ text: 'here' })
      await suite.plugins.write('sample', {
        'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
        'migrations/0002-more.ts': `
          export const up = async (knex) => {
            if ((await knex('sample_notes').select('id')).length > 0) { ${statement} }
          }
          export const down = async () => undefined`,
      })
      const operation = await upgrade()
      assert.equal(operation.state, 'failed')
      assert.match(operation.reason ?? '', /not granted|does not begin with sample_/)
      assert.deepEqual([await version(), await has('other_notes')], [1, false])
    })
  }

  it('goes back with one call, to the code and the tables of before', async () => {
    await upgrade()
    assert.deepEqual((await suite.summary())?.previous, { version: '1.0.0' })
    const operation = await rollback()
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.deepEqual([operation.fromVersion, operation.version], ['1.1.0', '1.0.0'])
    assert.equal(step(operation, 'migrate')?.detail, '0003-no-text')
    assert.equal(step(operation, 'contract')?.detail, '0002-more')
    assert.deepEqual([await version(), await has('sample_more'), await hasText()], [1, false, true])
    await assert.rejects(rollback(), refused('plugins.nothing_to_roll_back_to'))
    assert.equal((await upgrade()).state, 'done')
    assert.equal(await version(), 2)
  })

  it('can be gone back from after a restart, and what it went back to outlives one', async () => {
    await upgrade()
    await suite.restart()
    assert.equal(await version(), 2)
    assert.equal((await rollback()).state, 'done')
    await suite.restart()
    assert.equal(await version(), 1)
    assert.equal((await suite.summary())?.version, '1.0.0')
  })

  it('keeps the version before serving, narrowed by nothing, when the new one does not start', async () => {
    await suite.plugins.write('sample', {
      ...second,
      'server/server.ts': serverSource(2, { started: `throw new Error('no start today')` }),
    })
    const operation = await upgrade()
    assert.deepEqual([operation.state, operation.reason], ['failed', 'no start today'])
    assert.deepEqual([await version(), await has('sample_more'), await hasText()], [1, false, true])
    const shown = await suite.summary()
    assert.deepEqual([shown?.version, shown?.state, shown?.previous], ['1.0.0', 'enabled', null])
  })

  it('stays as it is when going back does not succeed', async () => {
    await suite.plugins.write('sample', { ...second, 'server/server.ts': serverSource(2) })
    await upgrade()
    await suite.platform.database('sample_more').insert({ text: 'kept' })
    const sick = { health: `if (globalThis.sampleIsSick) throw new Error('sick')` }
    await suite.plugins.write('sample', { 'server/server.ts': serverSource(1, sick) })
    ;(globalThis as { sampleIsSick?: boolean }).sampleIsSick = true
    const operation = await rollback()
    ;(globalThis as { sampleIsSick?: boolean }).sampleIsSick = false
    assert.deepEqual([operation.state, operation.reason], ['failed', 'sick'])
    assert.deepEqual([await version(), await has('sample_more'), await hasText()], [2, true, false])
  })

  it('serves on when narrowing fails, and tries again at the next start', async () => {
    const narrow = second['migrations/0003-no-text.ts'] ?? ''
    const broken = narrow.replace('=> {', `=> { if (globalThis.sampleIsStuck) throw new Error('stuck');`)
    await suite.plugins.write('sample', { ...second, 'migrations/0003-no-text.ts': broken })
    ;(globalThis as { sampleIsStuck?: boolean }).sampleIsStuck = true
    const operation = await upgrade()
    ;(globalThis as { sampleIsStuck?: boolean }).sampleIsStuck = false
    assert.equal(operation.state, 'done')
    assert.match(step(operation, 'contract')?.detail ?? '', /stuck/)
    assert.deepEqual([await version(), await hasText()], [2, true])
    await suite.restart()
    assert.deepEqual([await version(), await hasText()], [2, false])
  })

  it('is refused to an older version, to a pinned plugin and to one that is not there', async () => {
    await assert.rejects(upgrade('1.0.0'), refused('plugins.version_must_be_newer'))
    await assert.rejects(upgrade('3.0.0'), refused('plugins.release_not_found'))
    await call(routes.pinPlugin, { ...sample, isPinned: true })
    assert.deepEqual([(await suite.summary())?.isPinned, (await suite.summary())?.update], [true, null])
    await assert.rejects(upgrade(), refused('plugins.plugin_pinned'))
    await call(routes.pinPlugin, { ...sample, isPinned: false })
    await suite.disable()
    await assert.rejects(upgrade(), refused('plugins.plugin_not_enabled'))
    assert.equal((await enable()).version, '1.1.0')
    await suite.disable()
    await assert.rejects(
      call(routes.enablePlugin, { ...sample, version: '1.0.0' }),
      refused('plugins.version_must_be_newer'),
    )
  })

  it('is planned with the SQL of both its phases, and so is the way back', async () => {
    const plan = await call(routes.planPlugin, { ...sample, action: 'upgrade' })
    assert.deepEqual(
      [plan.action, plan.version, plan.fromVersion, plan.problems],
      ['upgrade', '1.1.0', '1.0.0', []],
    )
    assert.deepEqual(
      plan.migrations.map(({ name, phase, direction }) => `${name} ${phase} ${direction}`),
      ['0002-more expand up', '0003-no-text contract up'],
    )
    assert.match(plan.migrations[1]?.statements.join() ?? '', /drop `text`/)
    await upgrade()
    const back = await call(routes.planPlugin, { ...sample, action: 'rollback' })
    assert.deepEqual(
      back.migrations.map(({ name, phase, direction }) => `${name} ${phase} ${direction}`),
      ['0003-no-text contract down', '0002-more expand down'],
    )
    assert.match(back.migrations[1]?.statements.join() ?? '', /drop table/)
  })

  it('answers every call of fifty callers while it goes forth and back', async () => {
    const failures: unknown[] = []
    let isOver = false
    const caller = async (): Promise<number> => {
      let answered = 0
      for (; !isOver; answered++) await suite.platform.http(ping, {}).catch((error) => failures.push(error))
      return answered
    }
    const callers = Array.from({ length: 50 }, caller)
    for (let round = 0; round < 3; round++) {
      assert.equal((await upgrade()).state, 'done')
      assert.equal((await rollback()).state, 'done')
    }
    isOver = true
    const answered = (await Promise.all(callers)).reduce((sum, count) => sum + count, 0)
    assert.deepEqual(failures, [])
    assert.ok(answered > 100, `${answered} calls`)
  })
})
