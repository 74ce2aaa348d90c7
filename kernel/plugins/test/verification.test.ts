import assert from 'node:assert/strict'
import { route } from '../../contract/index.ts'
import { Object } from 'typebox'
import { createCatalogue } from '../catalogue.ts'
import { verify } from '../verification.ts'
import {
  fixturePlugins,
  manifestSource,
  routesSource,
  type FixtureFiles,
  type FixturePlugins,
} from './fixture.ts'

const kernelRoute = route({
  action: 'kernel.things.show',
  rest: 'GET /sample/ping',
  summary: 'Taken',
  permission: 'public',
  params: Object({}),
  result: Object({}),
  errors: [],
})

describe('verification', () => {
  let plugins: FixturePlugins

  before(async () => {
    plugins = await fixturePlugins()
  })
  after(() => plugins.dispose())

  async function problems(files: FixtureFiles, surroundings: object = {}): Promise<string> {
    await plugins.write('sample', files)
    const entry = await createCatalogue(plugins.directory).find('sample')
    if (!entry?.bundled) return entry?.problems.join('\n') ?? 'not found'
    const found = await verify(entry.bundled, {
      kernelVersion: '0.1.0',
      kernelRoutes: [],
      others: [],
      ...surroundings,
    })
    return found.join('\n')
  }

  const withExtra = (extra: string) => ({ 'plugin.ts': manifestSource('sample', { extra }) })

  it('finds nothing wrong with a plugin that keeps the rules', async () => {
    assert.equal(await problems({}), '')
  })

  it('has nothing against what tools keep in a plugin that is a package of its own', async () => {
    const lists = { 'package-lock.json': '{}', 'tsconfig.json': '{}', '.gitignore': 'node_modules' }
    const left = { 'eslint.config.js': '', 'sample-1.0.0.tgz': '', 'me.key': '', 'me.key.pub': '' }
    assert.equal(await problems({ ...lists, ...left }), '')
  })

  const broken: readonly (readonly [string, FixtureFiles, RegExp])[] = [
    ['a manifest of another id', { 'plugin.ts': manifestSource('other') }, /says other, the folder sample/],
    ['a name of the platform', withExtra(`id: 'ledger',`), /ledger is a name of the platform's own/],
    ['a version that is none', withExtra(`version: '1',`), /Version 1 is no semantic version/],
    [
      'a kernel of another range',
      withExtra(`kernel: '^2.0.0',`),
      /made for kernel \^2\.0\.0; this is 0\.1\.0/,
    ],
    ['a member nobody knows', withExtra(`secret: true,`), /plugin\.ts: .*additional/i],
    [
      'a permission of somebody else',
      withExtra(`permissions: [{ id: 'spot.notes.write', title: 'x', roles: [] }],`),
      /Permission spot\.notes\.write/,
    ],
    [
      'a channel of somebody else',
      withExtra(`channels: [{ name: 'spot.book', title: 'x', access: 'public' }],`),
      /Channel spot\.book/,
    ],
    [
      'an action of somebody else',
      { 'routes/pings.ts': routesSource('sample').replace('sample.pings.show', 'spot.pings.show') },
      /Action spot\.pings\.show/,
    ],
    [
      'a path of somebody else',
      { 'routes/pings.ts': routesSource('sample').replace('/sample/ping', '/spot/ping') },
      /GET \/spot\/ping is not below \/sample/,
    ],
    [
      'a permission nobody declares',
      withExtra('permissions: [],'),
      /asks for sample\.notes\.write, which the plugin does not declare/,
    ],
    [
      'a component without a file',
      { 'portal/SampleHomePage.vue': null },
      /portal\/SampleHomePage\.vue does not exist/,
    ],
    ['a title without words', { 'locales/en.json': '{}' }, /locales\/en\.json has no pages\.home/],
    ['locales that are no JSON', { 'locales/en.json': '{' }, /locales\/en\.json: /],
    ['a folder without a place', { 'utils/x.ts': '' }, /has no place for utils/],
    ['a folder named like a tool', { 'x.config.js/x.ts': '' }, /has no place for x\.config\.js/],
    [
      'a migration without a number',
      { 'migrations/first.ts': '' },
      /migrations\/first\.ts is not named like/,
    ],
    [
      'a slot without a version',
      withExtra(
        `ui: { portal: { slots: [{ slot: 'portal.dashboard', id: 'x', component: 'SampleCard', order: 1 }] } },`,
      ),
      /slot must match pattern/,
    ],
    [
      'navigation to nowhere',
      withExtra(
        `ui: { portal: { navigation: [{ page: 'gone', title: 'pages.home', icon: 'i-lucide-x', section: 'trade', order: 1 }] } },`,
      ),
      /navigation names page gone/,
    ],
    ['no manifest at all', { 'plugin.ts': 'export const nothing = 1' }, /exports no `plugin`/],
    ['a manifest that throws', { 'plugin.ts': `throw new Error('boom')` }, /could not be read: boom/],
  ]
  for (const [what, files, rule] of broken) {
    it(`names ${what}`, async () => {
      assert.match(await problems(files), rule)
    })
  }

  it('names a path that the kernel serves', async () => {
    assert.match(
      await problems({}, { kernelRoutes: [kernelRoute] }),
      /GET \/sample\/ping is already served by the kernel/,
    )
  })

  it('names a page path that another plugin has', async () => {
    await plugins.write('sample')
    const manifest = (await createCatalogue(plugins.directory).find('sample'))?.bundled?.manifest
    const other = { ...manifest, id: 'other', routes: [] }
    assert.match(
      await problems({}, { others: [other] }),
      /Page \/sample of the portal already belongs to other/,
    )
  })
})
