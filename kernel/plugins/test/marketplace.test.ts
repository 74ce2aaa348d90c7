import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import { refused, sample, sampleSuite } from './sample-suite.ts'

describe('marketplace', () => {
  const suite = sampleSuite()
  const { enable, has } = suite

  it('plans without doing: SQL, routes, pages and what stands in the way', async () => {
    const plan = await suite.platform.call(routes.planPlugin, sample)
    assert.equal(plan.action, 'enable')
    assert.deepEqual(plan.problems, [])
    assert.deepEqual(
      plan.migrations.map(({ name }) => name),
      ['0001-notes'],
    )
    assert.match(
      plan.migrations[0]?.statements.join() ?? '',
      /^create table `sample_notes` \(`id` int unsigned/,
    )
    assert.deepEqual(
      plan.routes.map(({ rest }) => rest),
      ['GET /sample/ping', 'POST /sample/notes'],
    )
    assert.deepEqual(
      plan.pages.map(({ path: page }) => page),
      ['/sample'],
    )
    assert.equal(await has('sample_notes'), false)
    await enable()
    assert.deepEqual((await suite.platform.call(routes.planPlugin, sample)).migrations, [])
  })

  it('shows all that a plugin brings without running it', async () => {
    await suite.plugins.write('sample', {
      'server/server.ts': `throw new Error('ran')`,
      'README.md': '# Sample',
    })
    const before = await suite.platform.call(routes.showPlugin, sample)
    assert.equal(before.readme, '# Sample')
    assert.deepEqual(before.migrations, [{ name: '0001-notes', isApplied: false }])
    assert.equal(before.lastOperation, null)
    await assert.rejects(
      suite.platform.call(routes.showPlugin, { pluginId: 'none' }),
      refused('plugins.plugin_not_found'),
    )
    await suite.plugins.write('sample')
    const operation = await enable()
    const after = await suite.platform.call(routes.showPlugin, sample)
    assert.deepEqual([after.state, after.generation], ['enabled', 1])
    assert.deepEqual(after.migrations, [{ name: '0001-notes', isApplied: true }])
    assert.deepEqual(after.lastOperation, operation)
    await assert.rejects(suite.platform.http(routes.showPlugin, sample), {
      code: 'platform.sign_in_required',
    })
  })
})
