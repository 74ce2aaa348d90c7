import assert from 'node:assert/strict'
import { dependantsInOrder, dependenciesToEnable, dependencyCycle } from '../dependencies.ts'
import type { PluginManifest } from '../manifest.ts'
import * as routes from '../routes.ts'
import { manifestSource, serverSource } from './fixture.ts'
import { refused, sample, sampleSuite } from './sample-suite.ts'

/** `{ c: ['b'] }`: c needs b. */
function manifests(needs: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, PluginManifest> {
  return new Map(
    Object.entries(needs).map(([id, others]) => {
      const requires = Object.fromEntries(others.map((other) => [other, '^1.0.0']))
      return [id, { id, version: '1.0.0', requires } as unknown as PluginManifest]
    }),
  )
}

describe('order of plugins', () => {
  const chain = manifests({ a: [], b: ['a'], c: ['b', 'a'], d: ['c'], e: [] })

  it('enables what is needed first', () => {
    const d = chain.get('d') as PluginManifest
    assert.deepEqual(dependenciesToEnable(d, new Map(), chain), ['a', 'b', 'c'])
    assert.deepEqual(dependenciesToEnable(d, manifests({ a: [] }), chain), ['b', 'c'])
  })

  it('disables last what is needed by others', () => {
    assert.deepEqual(dependantsInOrder('a', chain), ['d', 'c', 'b'])
    assert.deepEqual(dependantsInOrder('e', chain), [])
  })

  it('names a circle', () => {
    const circle = manifests({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] })
    assert.deepEqual(dependencyCycle(circle.get('b') as PluginManifest, circle), ['b', 'c', 'a', 'b'])
    assert.equal(dependencyCycle(circle.get('d') as PluginManifest, circle), undefined)
    assert.equal(dependencyCycle(chain.get('d') as PluginManifest, chain), undefined)
  })
})

describe('plugins that need each other', () => {
  const suite = sampleSuite()
  const third = { pluginId: 'third' }
  const needing = (id: string, requires: string) =>
    suite.plugins.write(id, { 'plugin.ts': manifestSource(id, { extra: `requires: { ${requires} },` }) })
  const enableThird = () => suite.platform.call(routes.enablePlugin, { ...third, withDependencies: true })
  const enabled = async () =>
    (await suite.platform.call(routes.listPlugins, {})).items
      .filter(({ state }) => state === 'enabled')
      .map(({ id }) => id)

  beforeEach(async () => {
    await needing('other', `sample: '^1.0.0'`)
    await needing('third', `other: '^1.0.0'`)
  })

  it('are enabled together, in their order, when that is asked for', async () => {
    const plan = await suite.platform.call(routes.planPlugin, third)
    assert.deepEqual(
      plan.dependenciesToEnable.map(({ id }) => id),
      ['sample', 'other'],
    )
    assert.equal((await enableThird()).state, 'done')
    assert.deepEqual(await enabled(), ['other', 'sample', 'third'])
  })

  it('are none of them enabled when one does not start', async () => {
    await suite.plugins.write('other', {
      'plugin.ts': manifestSource('other', { extra: `requires: { sample: '^1.0.0' },` }),
      'server/server.ts': serverSource(1, { started: `throw new Error('not today')` }),
    })
    await assert.rejects(enableThird(), (error: Error) => {
      assert.match(JSON.stringify((error as { data?: unknown }).data), /other.*not today/)
      return true
    })
    assert.deepEqual(await enabled(), [])
  })

  it('are disabled together, and the refusal names all of them otherwise', async () => {
    await enableThird()
    await assert.rejects(suite.disable(), (error: Error) => {
      assert.deepEqual((error as { data?: unknown }).data, {
        pluginId: 'sample',
        dependants: ['third', 'other'],
      })
      return true
    })
    const disable = { ...sample, withDependants: true }
    assert.equal((await suite.platform.call(routes.disablePlugin, disable)).state, 'done')
    assert.deepEqual(await enabled(), [])
  })

  it('are refused when they need each other in a circle, which is named', async () => {
    await needing('other', `third: '^1.0.0'`)
    await assert.rejects(enableThird(), refused('plugins.dependency_cycle'))
    const { problems } = await suite.platform.call(routes.planPlugin, third)
    assert.match(problems.join(), /in a circle: third → other → third/)
  })

  it('are refused when a version does not fit', async () => {
    await needing('other', `sample: '^2.0.0'`)
    await assert.rejects(enableThird(), refused('plugins.dependency_missing'))
    assert.deepEqual(await enabled(), [])
  })

  it('show the graph of who needs whom', async () => {
    await enableThird()
    const { dependencyGraph, dependants } = await suite.platform.call(routes.showPlugin, {
      pluginId: 'other',
    })
    assert.deepEqual(
      dependencyGraph.map(({ from, to, isSatisfied }) => [from, to, isSatisfied]),
      [
        ['other', 'sample', true],
        ['third', 'other', true],
      ],
    )
    assert.deepEqual(dependants, ['third'])
  })
})
