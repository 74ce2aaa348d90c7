import assert from 'node:assert/strict'
import { createCatalogue } from '../catalogue.ts'
import type { PluginKernel } from '../plugin-server.ts'
import { fixturePlugins, serverSource, type FixturePlugins } from './fixture.ts'

describe('server bundle', () => {
  let plugins: FixturePlugins

  before(async () => {
    plugins = await fixturePlugins()
  })
  after(() => plugins.dispose())

  const problemsOf = async (server: string): Promise<string> => {
    await plugins.write('sample', { 'server/server.ts': server })
    return (await createCatalogue(plugins.directory).find('sample'))?.problems.join('\n') ?? 'not found'
  }

  it('runs no server code and no migration while the manifest is read', async () => {
    await plugins.write('sample', {
      'server/server.ts': `throw new Error('server code ran')`,
      'migrations/0001-notes.ts': `throw new Error('a migration ran')`,
    })
    const entry = await createCatalogue(plugins.directory).find('sample')
    assert.deepEqual(entry?.problems, [])
    assert.equal(entry?.bundled?.manifest.id, 'sample')
    assert.throws(() => entry?.bundled?.evaluate().start(), /server code ran/)
  })

  it("gives a plugin the kernel's own instances", async () => {
    await plugins.write('sample', {
      'server/server.ts': `
        import { implement } from '@cambium/kernel'
        import { Refusal } from '@cambium/kernel/contract'
        import { Model } from 'objection'
        export const start = async () => ({ implement, Refusal, Model })`,
    })
    const start = (await createCatalogue(plugins.directory).find('sample'))?.bundled?.evaluate().start()
    const given = (await start?.({} as PluginKernel)) as unknown as Record<string, unknown>
    assert.equal(given.implement, (await import('../../index.ts')).implement)
    assert.equal(given.Refusal, (await import('../../contract/index.ts')).Refusal)
    assert.equal(given.Model, (await import('objection')).Model)
  })

  for (const id of ['node:child_process', 'worker_threads', 'node:vm', '@cambium/kernel/testing']) {
    it(`refuses to import ${id}, naming file and line`, async () => {
      const problems = await problemsOf(`import * as it from '${id}'\nexport const start = async () => it`)
      assert.match(problems, new RegExp(`^server/server.ts:1: A plugin may not import ${id}\\.$`))
    })
  }

  it('refuses files outside the folder', async () => {
    const problems = await problemsOf(`export * from '../../other/server.ts'`)
    assert.match(problems, /server\/server\.ts:1: .* is outside the plugin's folder/)
  })

  it('hands out nothing more when an import is computed', async () => {
    await plugins.write('sample', {
      'server/server.ts': `export const start = async () => import(['node', 'child_process'].join(':'))`,
    })
    const start = (await createCatalogue(plugins.directory).find('sample'))?.bundled?.evaluate().start()
    await assert.rejects(async () => start?.({} as PluginKernel), /may not import node:child_process/)
  })

  it("names the plugin's file and line in the stack of a bug", async () => {
    await plugins.write('sample', {
      'server/server.ts': `\n\nexport const start = async () => {\n  throw new Error('a bug')\n}`,
    })
    const code = (await createCatalogue(plugins.directory).find('sample'))?.bundled?.evaluate()
    const bug = await code
      ?.start()?.({} as PluginKernel)
      .then(
        () => undefined,
        (error: unknown) => code.translate(error) as Error,
      )
    assert.match(bug?.stack ?? '', /sample\/server\/server\.ts:4:9/)
  })

  it('gives every generation module-level state of its own', async () => {
    await plugins.write('sample', {
      'server/server.ts': `let count = 0\nexport const start = async () => ({ count: ++count })`,
    })
    const plugin = (await createCatalogue(plugins.directory).find('sample'))?.bundled
    const count = async () =>
      ((await plugin?.evaluate().start()?.({} as PluginKernel)) as { count?: number })?.count
    assert.deepEqual([await count(), await count()], [1, 1])
  })

  it('is read anew when a file changed, and only then', async () => {
    await plugins.write('sample')
    const catalogue = createCatalogue(plugins.directory)
    const first = await catalogue.find('sample')
    assert.equal((await catalogue.find('sample'))?.bundled, first?.bundled)
    await plugins.write('sample', { 'server/server.ts': serverSource(2) })
    assert.notEqual((await catalogue.find('sample'))?.bundled?.bundle.hash, first?.bundled?.bundle.hash)
  })

  it('of one broken folder hides no other', async () => {
    await plugins.write('sample')
    await plugins.write('broken', { 'plugin.ts': 'export const plugin = {' })
    const entries = await createCatalogue(plugins.directory).list()
    assert.deepEqual(
      entries.map(({ id, bundled }) => [id, bundled !== null]),
      [
        ['broken', false],
        ['sample', true],
      ],
    )
    await plugins.remove('broken')
  })
})
