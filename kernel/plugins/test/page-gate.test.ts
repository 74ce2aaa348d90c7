import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { assetsDirectory } from '../asset-files.ts'
import { portalProgram, readPlugin } from '../index.ts'
import { keepPages } from '../pages/kept-pages.ts'
import { createPageGate } from '../pages/page-gate.ts'
import * as routes from '../routes.ts'
import { fixturePlugins, manifestSource, serverSource } from './fixture.ts'
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

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('pages that the portal renders before anybody sees them', function () {
  this.timeout(90_000)
  const suite = sampleSuite({ portalProgram: portalProgram(root), deadlines: { renderMs: 15_000 } })
  const page = 'portal/SampleHomePage.vue'
  const where = /The portal's page home \(portal\/SampleHomePage\.vue\) of sample cannot be rendered: /
  const shown = async () => (await suite.platform.http(routes.showUi, { app: 'portal' })).plugins[0]

  async function upgradeTo(source: string, extra = '') {
    await suite.plugins.write('sample', {
      'plugin.ts': manifestSource('sample', { version: '1.1.0', extra }),
      'portal/SampleCard.vue': '<script setup>throw new Error(`broken card`)</script><template>x</template>',
      [page]: source,
    })
    return suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
  }

  const broken: Readonly<Record<string, readonly [source: string, reason: RegExp]>> = {
    'throw in their setup': [
      `<script setup>throw new Error('broken setup')</script><template><p /></template>`,
      /broken setup$/,
    ],
    'throw in a template that needs data': [
      `<script setup>import { ref } from 'vue'
       const order = ref(null)</script><template><p>{{ order.price }}</p></template>`,
      /reading 'price'/,
    ],
    'wait for ever': [
      `<script setup>await new Promise(() => {})</script><template><p /></template>`,
      /It is not rendered within 3000 ms\.$/,
    ],
    'loop for ever': [
      `<script setup>for (;;) {}</script><template><p /></template>`,
      /It took longer than 15000 ms\.$/,
    ],
    'end the process': [
      `<script setup>globalThis.process.exit(3)</script><template><p /></template>`,
      /ended early \(code 3\)/,
    ],
  }

  for (const [what, [source, reason]] of Object.entries(broken)) {
    it(`never reach a visitor when they ${what}`, async () => {
      await suite.enable()
      const before = await shown()
      const operation = await upgradeTo(source)
      assert.equal(operation.state, 'failed')
      assert.match(operation.reason ?? '', where)
      assert.match(operation.reason ?? '', reason)
      assert.deepEqual(await shown(), before)
    })
  }

  it('are tried slot by slot too', async () => {
    await suite.enable()
    const operation = await upgradeTo(
      '<template><p>home</p></template>',
      `ui: { portal: { slots: [{ slot: 'portal.dashboard@1', id: 'card', component: 'SampleCard', order: 1 }] } },`,
    )
    assert.equal(operation.state, 'failed')
    assert.match(operation.reason ?? '', /slot card \(portal\/SampleCard\.vue\) of sample .* broken card$/)
  })

  it('pass when all they miss is data, which no call gives them while they are tried', async () => {
    await suite.enable()
    const source = `<script setup>
      import { useApi, useLoaded } from '@cambium/ui'
      import { useRoute } from 'vue-router'
      import { ping } from '../routes/pings.ts'
      const api = useApi()
      const route = useRoute()
      const { data } = useLoaded('ping', () => api(ping, {}))
      const unheeded = await api(ping, {})
    </script><template><p>{{ data ? data.version.toFixed() : route.path }} {{ unheeded?.version }}</p></template>`
    const operation = await upgradeTo(source)
    assert.equal(operation.reason, null)
    assert.equal((await shown())?.version, '1.1.0')
  })
})

describe('a bundle of pages', () => {
  it('never reaches a visitor when the browser could not parse it', async () => {
    const plugins = await fixturePlugins()
    const gate = createPageGate(plugins.dataDirectory)
    try {
      const { manifest } = await readPlugin(await plugins.write('sample'))
      const files = new Map([['module.js', 'export const components = {']])
      const portal = await keepPages(assetsDirectory(plugins.dataDirectory), 'sample', {
        files,
        candidates: [],
      })
      await assert.rejects(
        gate.check({ manifest, pages: { portal }, messages: new Map() }),
        /^Error: The portal's module\.js does not parse: /,
      )
    } finally {
      gate.stop()
      await plugins.dispose()
    }
  })
})
