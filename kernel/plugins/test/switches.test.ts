import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import type { ContributionKind } from '../routes.ts'
import { ping, refused, sample, sampleSuite } from './sample-suite.ts'

describe('switches of a plugin', () => {
  const suite = sampleSuite()
  const turn = (kind: ContributionKind, contributionId: string, isDisabled: boolean) =>
    suite.platform.call(routes.setSwitch, { ...sample, kind, contributionId, isDisabled })
  const shown = async () => (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins[0]

  beforeEach(async () => {
    await suite.enable()
  })

  it('take one route away, and give it back', async () => {
    await turn('route', 'sample.pings.show', true)
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.contribution_off' })
    await turn('route', 'sample.pings.show', false)
    assert.equal(await suite.version(), 1)
  })

  it('take a page out of the frontends', async () => {
    assert.deepEqual(
      (await shown())?.pages.map((page) => (page as { id?: string }).id),
      ['home'],
    )
    await turn('page', 'portal/home', true)
    assert.deepEqual((await shown())?.pages, [])
    await turn('page', 'portal/home', false)
    assert.equal((await shown())?.pages.length, 1)
  })

  it('outlive a reload and a restart', async () => {
    await turn('route', 'sample.pings.show', true)
    await turn('page', 'portal/home', true)
    await suite.reload()
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.contribution_off' })
    await suite.restart()
    await assert.rejects(suite.platform.http(ping, {}), { code: 'plugins.contribution_off' })
    assert.deepEqual((await shown())?.pages, [])
  })

  it('are listed with everything the plugin brings', async () => {
    await turn('channel', 'sample.pings', true)
    const { contributions } = await suite.platform.call(routes.showPlugin, sample)
    assert.deepEqual(
      contributions.map(({ kind, id, isDisabled }) => `${kind} ${id} ${isDisabled}`),
      [
        'route sample.pings.show false',
        'route sample.notes.write false',
        'page portal/home false',
        'channel sample.pings true',
      ],
    )
  })

  it('are refused for what it does not bring', async () => {
    await assert.rejects(turn('job', 'sample.none', true), refused('plugins.contribution_not_found'))
  })
})
