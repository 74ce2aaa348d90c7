import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fixturePlugins, type FixturePlugins } from './fixture.ts'

const program = fileURLToPath(new URL('../pages/prepare-pages.ts', import.meta.url))

describe('prepared pages', () => {
  let plugins: FixturePlugins

  before(async () => {
    plugins = await fixturePlugins()
    const host = path.join(plugins.directory, '../portal-nuxt/.output/platform')
    await mkdir(host, { recursive: true })
    const stylesheets = { main: { content: '@tailwind utilities;', imports: {} } }
    await writeFile(
      path.join(host, 'styles.json'),
      JSON.stringify({ entry: 'main', stylesheets, candidates: [] }),
    )
  })
  after(() => plugins.dispose())

  async function prepare(): Promise<string> {
    const args = [program, path.dirname(plugins.directory), plugins.dataDirectory]
    return (await promisify(execFile)(process.execPath, args)).stdout
  }
  const records = () => readdir(path.join(plugins.dataDirectory, 'plugin-builds'))

  it('are those of each plugin, with the style sheets of none and of each alone', async () => {
    await plugins.write('sample')
    assert.equal(await prepare(), '')
    const names = (await records()).map((name) => name.replace(/-[^-]+$/, ''))
    assert.deepEqual(names.toSorted(), ['loaded', 'sample-portal', 'sheet', 'sheet'])
  })

  it('are kept while nothing changes', async () => {
    const before = await records()
    await prepare()
    assert.deepEqual(await records(), before)
  })

  it('are not there for a plugin whose page is broken, which is told in a sentence', async () => {
    await plugins.write('broken', { 'portal/BrokenHomePage.vue': '<template><p></template>' })
    assert.match(await prepare(), /^The plugin broken cannot be enabled: /)
  })
})
