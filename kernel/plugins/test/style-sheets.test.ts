import assert from 'node:assert/strict'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createStyleSheets, type StyleSheets } from '../styles/style-sheets.ts'
import { fixturePlugins, type FixturePlugins } from './fixture.ts'

const tailwind = createRequire(import.meta.url).resolve('tailwindcss/index.css')

describe('style sheet', () => {
  let plugins: FixturePlugins
  let sheets: StyleSheets
  let stylesFile: string

  before(async () => {
    plugins = await fixturePlugins()
    sheets = createStyleSheets(plugins.dataDirectory)
    stylesFile = path.join(plugins.dataDirectory, 'styles.json')
    await mkdir(plugins.dataDirectory, { recursive: true })
    await writeHost(`@import 'tailwindcss'; @import './tokens.css';`)
  })
  after(async () => {
    sheets.stop()
    await plugins.dispose()
  })

  async function writeHost(content: string): Promise<void> {
    const stylesheets = {
      main: { content, imports: { tailwindcss: 'tailwind', './tokens.css': 'tokens' } },
      tailwind: { content: await readFile(tailwind, 'utf8'), imports: {} },
      tokens: { content: '@theme { --color-brand: #123456; }', imports: {} },
    }
    await writeFile(stylesFile, JSON.stringify({ entry: 'main', stylesheets, candidates: ['p-2', 'md:p-6'] }))
  }

  async function compile(candidates: readonly string[]): Promise<string> {
    const url = await sheets.compile(stylesFile, candidates)
    assert.match(url ?? '', /^\/_plugins\/styles\/[0-9a-f]{16}\.css$/)
    return readFile(
      path.join(plugins.dataDirectory, 'plugin-assets/styles', path.basename(url ?? '')),
      'utf8',
    )
  }

  it('holds the classes of the host and of the plugins, in the right order', async () => {
    const css = await compile(['p-4', 'bg-brand/30', 'grid-cols-[1fr_auto]', 'not-a-class'])
    assert.match(css, /\.bg-brand\\\/30/)
    assert.match(css, /\.grid-cols-\\\[1fr_auto\\\]/)
    assert.doesNotMatch(css, /not-a-class/)
    // A plugin's utility must not beat a responsive one of the host.
    assert.ok(css.indexOf('.p-4') < css.indexOf('.md\\:p-6'))
  })

  it('depends on what is enabled, not on what has been', async () => {
    const without = await compile([])
    await compile(['p-9'])
    assert.equal(await compile([]), without)
    assert.doesNotMatch(without, /\.p-9/)
  })

  it('has one address for one set of classes', async () => {
    const url = await sheets.compile(stylesFile, ['p-3', 'p-1'])
    assert.equal(await sheets.compile(stylesFile, ['p-1', 'p-3', 'p-1']), url)
  })

  it('is made anew when the host was built again', async () => {
    const before = await sheets.compile(stylesFile, ['p-3'])
    await writeHost(`@import 'tailwindcss'; .mark { color: red }`)
    await utimes(stylesFile, new Date(), new Date(Date.now() + 5_000))
    assert.notEqual(await sheets.compile(stylesFile, ['p-3']), before)
    assert.match(await compile(['p-3']), /\.mark/)
  })

  it('refuses code, and imports nobody wrote down', async () => {
    await writeHost(`@import 'somewhere-else';`)
    await assert.rejects(sheets.compile(stylesFile, ['p-5']), /does not say what somewhere-else is/)
    await writeHost(`@import 'tailwindcss'; @plugin 'anything';`)
    await assert.rejects(sheets.compile(stylesFile, ['p-6']), /takes no code/)
  })

  it('is none while the host was not built', async () => {
    assert.equal(await sheets.compile('/nowhere/styles.json', []), null)
  })
})
