import assert from 'node:assert/strict'
import * as routes from '../routes.ts'
import { manifestSource, serverSource } from './fixture.ts'
import { sample, sampleSuite } from './sample-suite.ts'

describe('pages of a new version', () => {
  const suite = sampleSuite()
  const page = 'portal/SampleHomePage.vue'
  const shown = async () => (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins[0]

  const broken = {
    'throw while they load': [
      `<script setup>\n</script>\n<script>throw new Error('broken page')</script>`,
      /broken page/,
    ],
    'end the process': [`<script>process.exit(3)</script>`, /ended early/],
    'ask for what the host does not offer': [
      `<script>globalThis.process.getBuiltinModule('module').createRequire('/')('no-such-thing')</script>`,
      /no-such-thing/,
    ],
  } as const

  for (const [what, [script, reason]] of Object.entries(broken)) {
    it(`never reach a visitor when they ${what}`, async () => {
      await suite.enable()
      const before = await shown()
      await suite.plugins.write('sample', {
        'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
        'server/server.ts': serverSource(2),
        [page]: `${script}\n<template><p>${what}</p></template>`,
      })
      const operation = await suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
      assert.equal(operation.state, 'failed')
      assert.match(operation.reason ?? '', reason)
      assert.equal(operation.steps.find(({ name }) => name === 'stage')?.state, 'failed')
      assert.deepEqual(await shown(), before)
      assert.equal(await suite.version(), 1)
    })
  }

  it('that load are shown at the flip, and not before', async () => {
    await suite.enable()
    const before = await shown()
    await suite.plugins.write('sample', {
      'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
      [page]: '<template><p class="p-9">new</p></template>',
    })
    const upgrade = { ...sample, version: '1.1.0' }
    assert.equal((await suite.platform.call(routes.upgradePlugin, upgrade)).state, 'done')
    const after = await shown()
    assert.notEqual(after?.hash, before?.hash)
    // Open tabs still load chunks of the version before.
    const asset = await fetch(`http://127.0.0.1:${suite.platform.gateway.port}${before?.module}`)
    assert.equal(asset.status, 200)
  })
})
