import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { compileFunction } from 'node:vm'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createCatalogue } from '../catalogue.ts'
import { createPageBuilder, type PageBuilder, type PluginPages } from '../pages/page-builder.ts'
import { fixturePlugins, type FixtureFiles, type FixturePlugins } from './fixture.ts'

const page = `
  <script setup lang="ts">
  import { ref } from 'vue'
  import { useApi } from '@cambium/ui'
  import { ping } from '../routes/pings.ts'
  const api = useApi()
  const version = ref<number>(0)
  async function load() { version.value = (await api(ping, {})).version }
  </script>
  <template>
    <div class="grid-cols-[1fr_auto] md:p-4">
      <UButton @click="load">{{ version }}</UButton><CAmountText amount="1" /><RouterLink to="/">x</RouterLink>
    </div>
  </template>
  <style scoped>div { color: var(--ui-primary) }</style>`

describe('page build', () => {
  let plugins: FixturePlugins
  let builder: PageBuilder

  before(async () => {
    plugins = await fixturePlugins()
    builder = createPageBuilder(plugins.dataDirectory)
  })
  after(async () => {
    builder.stop()
    await plugins.dispose()
  })

  async function build(files: FixtureFiles = {}): Promise<PluginPages> {
    await plugins.write('sample', files)
    const plugin = (await createCatalogue(plugins.directory).find('sample'))?.bundled
    assert.ok(plugin)
    return builder.build(plugin)
  }

  const directoryOf = (hash: string): string => path.join(plugins.dataDirectory, 'plugin-assets/sample', hash)

  it('gives the browser one module with lazy components and locales', async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': page })
    assert.ok(portal)
    const code = await readFile(path.join(directoryOf(portal.hash), 'module.js'), 'utf8')
    assert.match(code, /SampleHomePage:\(\)=>import\(`\.\/chunks\/SampleHomePage-/)
    assert.match(code, /export\{\w+ as components,\w+ as locales\}/)
    assert.equal(portal.hasCss, true)
    const digest = createHash('sha384').update(code).digest('base64')
    assert.equal(portal.integrity.module, `sha384-${digest}`)
  })

  it("leaves the host's modules as imports, one for each tag of the kit", async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': page })
    const chunks = path.join(directoryOf(portal?.hash ?? ''), 'chunks')
    const [name = ''] = await readdir(chunks)
    const code = await readFile(path.join(chunks, name), 'utf8')
    const imported = [...code.matchAll(/from"([^"]+)"/g)].map((match) => match[1]).sort()
    assert.deepEqual(imported, [
      '@cambium/kernel/contract',
      '@cambium/ui',
      '@cambium/ui/CAmountText',
      '@cambium/ui/UButton',
      'vue',
    ])
  })

  it('knows of a route where it is and how it is asked, and nothing a server checks by', async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': page })
    const chunks = path.join(directoryOf(portal?.hash ?? ''), 'chunks')
    const [name = ''] = await readdir(chunks)
    const code = await readFile(path.join(chunks, name), 'utf8')
    assert.match(code, /GET \/sample\/ping/)
    assert.doesNotMatch(code, /summary|additionalProperties|typebox/)
  })

  it('renders on the server with the instances it is given', async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': '<template><b>{{ 1 + 1 }}</b></template>' })
    const code = await readFile(path.join(directoryOf(portal?.hash ?? ''), 'ssr.cjs'), 'utf8')
    const host: Record<string, unknown> = {
      vue: await import('vue'),
      'vue/server-renderer': await import('vue/server-renderer'),
    }
    type Lazy = Record<string, () => Promise<{ default: object }>>
    const exports = {} as { components: Lazy; locales: Lazy }
    compileFunction(code, ['exports', 'require'])(exports, (id: string) => host[id])
    const { createSSRApp } = await import('vue')
    const { renderToString } = await import('vue/server-renderer')
    const component = (await exports.components.SampleHomePage?.())?.default
    assert.equal(await renderToString(createSSRApp(component as object)), '<b>2</b>')
    assert.deepEqual((await exports.locales.en?.())?.default, { pages: { home: 'Home' } })
  })

  it('finds the classes of the templates', async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': page })
    for (const name of ['grid-cols-[1fr_auto]', 'md:p-4']) assert.ok(portal?.candidates.includes(name), name)
  })

  it('lays compressed files beside those worth it', async () => {
    const { portal } = await build({ 'portal/SampleHomePage.vue': page })
    const file = path.join(directoryOf(portal?.hash ?? ''), 'ssr.cjs')
    const plain = await readFile(file)
    assert.deepEqual(brotliDecompressSync(await readFile(`${file}.br`)), plain)
    assert.deepEqual(gunzipSync(await readFile(`${file}.gz`)), plain)
    assert.equal(existsSync(path.join(directoryOf(portal?.hash ?? ''), 'module.js.br')), false)
  })

  it('does not depend on server code, and answers the same for the same inputs', async () => {
    const first = await build({ 'portal/SampleHomePage.vue': page })
    const second = await build({
      'portal/SampleHomePage.vue': page,
      'server/server.ts': 'export const start = 1',
    })
    const third = await build({ 'portal/SampleHomePage.vue': page.replace('md:p-4', 'md:p-5') })
    assert.deepEqual(second, first)
    assert.notEqual(third.portal?.hash, first.portal?.hash)
  })

  const broken: readonly (readonly [string, string, RegExp])[] = [
    [
      'server code in a page',
      `<script setup>import '../server/server.ts'</script><template><p /></template>`,
      /pages may not import server code/,
    ],
    ['@apply', '<template><p /></template><style>p { @apply p-2 }</style>', /@apply is not available/],
    ['a template that is none', '<template><p></template>', /SampleHomePage\.vue/],
  ]
  for (const [what, source, rule] of broken) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(build({ 'portal/SampleHomePage.vue': source }), rule)
    })
  }
})
