import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import { manifestSource, serverSource, type FixtureFiles } from './fixture.ts'
import { ping, refused, sample, sampleSuite, until } from './sample-suite.ts'

/** A version whose public route throws, or refuses, as its caller says. */
function failing(version: string): FixtureFiles {
  return {
    'plugin.ts': manifestSource('sample', { version }),
    'server/server.ts': serverSource(2).replace(
      'async () => ({ version: 2, generation })',
      `async ({ params }) => {
        if (params.note === 'bug') throw new Error('it broke')
        if (params.note === 'no') throw Object.assign(new Error('no'), { type: 'sample.no', code: 422 })
        return { version: 2, generation }
      }`,
    ),
  }
}

const sick: FixtureFiles = {
  'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
  'server/server.ts': serverSource(2, { health: `if (globalThis.sampleIsSick) throw new Error('sick')` }),
}

describe('watchdog of plugins', () => {
  const suite = sampleSuite({
    watchdog: { callsMin: 6, healthEveryMs: 20, healthFailuresMax: 3, reportersMin: 2 },
  })
  const upgrade = () => suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
  const ask = (note: string) => suite.platform.http(ping, { note }).catch(() => undefined)
  const state = async () => (await suite.summary())?.state
  const serving = async () => (await suite.summary())?.version
  const last = async () => (await suite.platform.call(routes.listOperations, sample)).items[0]

  const isBack = async (): Promise<boolean> => {
    const operation = await last()
    return operation?.action === 'rollback' && operation.state === 'done'
  }

  afterEach(() => {
    ;(globalThis as { sampleIsSick?: boolean }).sampleIsSick = false
  })

  async function failCalls(): Promise<void> {
    for (let call = 0; call < 6; call++) await ask('bug')
  }

  it('goes back to the version before when most calls of a new one fail', async () => {
    await suite.enable()
    await suite.plugins.write('sample', failing('1.1.0'))
    await upgrade()
    await failCalls()
    await until('1.0.0 serves again', isBack)
    const operation = await last()
    assert.deepEqual([operation?.action, operation?.state], ['rollback', 'done'])
    assert.match(operation?.reason ?? '', /6 of 6 calls failed.*it broke/)
    assert.equal(await suite.version(), 1)
  })

  it('takes a plugin out of service that has no version to go back to, and tells the operators', async () => {
    await suite.plugins.write('sample', failing('1.0.0'))
    await suite.enable()
    await failCalls()
    await until('it is in quarantine', async () => (await state()) === 'quarantined')
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.plugin_disabled' })
    assert.match((await suite.summary())?.reason ?? '', /calls failed/)
    assert.equal((await last())?.action, 'quarantine')
    await assert.rejects(suite.enable(), refused('plugins.plugin_quarantined'))
  })

  it('leaves it there over a restart until the operator releases it', async () => {
    await suite.plugins.write('sample', failing('1.0.0'))
    await suite.enable()
    await failCalls()
    await until('it is in quarantine', async () => (await state()) === 'quarantined')
    await suite.restart()
    assert.equal(await state(), 'quarantined')
    assert.equal((await suite.platform.call(routes.releaseQuarantine, sample)).state, 'done')
    assert.deepEqual([await state(), await suite.version()], ['enabled', 2])
    await assert.rejects(
      suite.platform.call(routes.releaseQuarantine, sample),
      refused('plugins.plugin_not_quarantined'),
    )
  })

  it('lets an upgrade end the quarantine', async () => {
    await suite.plugins.write('sample', failing('1.0.0'))
    await suite.enable()
    await failCalls()
    await until('it is in quarantine', async () => (await state()) === 'quarantined')
    await suite.plugins.write('sample', {
      'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
      'server/server.ts': serverSource(3),
    })
    assert.equal((await upgrade()).state, 'done')
    assert.deepEqual([await state(), await suite.version()], ['enabled', 3])
  })

  it('takes refusals for answers', async () => {
    await suite.plugins.write('sample', failing('1.0.0'))
    await suite.enable()
    for (let call = 0; call < 20; call++) await ask('no')
    assert.equal(await state(), 'enabled')
  })

  it('goes back when a new version is not healthy three times in a row', async () => {
    await suite.enable()
    await suite.plugins.write('sample', sick)
    await upgrade()
    ;(globalThis as { sampleIsSick?: boolean }).sampleIsSick = true
    await until('1.0.0 serves again', isBack)
    assert.match((await last())?.reason ?? '', /not healthy 3 times in a row: sick/)
  })

  it('goes back when several visitors report a broken page of a new version', async () => {
    await suite.enable()
    await suite.plugins.write('sample', {
      ...failing('1.1.0'),
      'portal/SampleHomePage.vue': '<template><p>broken</p></template>',
    })
    await upgrade()
    const [shown] = (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins
    const report = {
      app: 'portal' as const,
      ...sample,
      hash: shown?.hash ?? '',
      contribution: 'home',
      message: 'it broke',
    }
    await suite.platform.http(routes.reportPageError, report)
    await suite.platform.http(routes.reportPageError, report)
    assert.equal(await serving(), '1.1.0')
    await suite.platform.call(routes.reportPageError, report)
    await until('1.0.0 serves again', isBack)
    assert.match((await last())?.reason ?? '', /2 browsers reported a broken page/)
  })

  it('takes nothing out of service for what visitors say', async () => {
    await suite.enable()
    const [shown] = (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins
    const report = {
      app: 'portal' as const,
      ...sample,
      hash: shown?.hash ?? '',
      contribution: 'home',
      message: 'it broke',
    }
    await suite.platform.http(routes.reportPageError, report)
    await suite.platform.call(routes.reportPageError, report)
    assert.equal(await state(), 'enabled')
  })
})
