import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '../../../contract/index.ts'
import { createTestKernel, type TestKernel } from '../../../testing/index.ts'
import { showUi, type Operation } from '../../routes.ts'
import {
  fixturePlugins,
  manifestSource,
  migrationSource,
  pingRoute,
  serverSource,
  type FixturePlugins,
} from '../../test/fixture.ts'
import { startPrivateRegistry, type PrivateRegistry } from './private-registry.ts'

const command = fileURLToPath(new URL('../../../cli/cambium.mjs', import.meta.url))
const NAME = '@oak/plugin-sample'
const ping = pingRoute('sample')

interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A version of the plugin; the second asks for more than the first and brings another table. */
function version(number: number): Readonly<Record<string, string>> {
  const extra = number === 1 ? '' : `grants: { outboundHosts: ['rates.example'] },`
  return {
    'plugin.ts': manifestSource('sample', { version: `${number}.0.0`, extra }),
    'package.json': JSON.stringify({ name: NAME, license: 'Apache-2.0' }),
    'server/server.ts': serverSource(number),
    ...(number === 1 ? {} : { 'migrations/0002-more.ts': migrationSource('sample_more') }),
  }
}

describe('journey of a package', function () {
  this.timeout(300_000)
  let author: FixturePlugins
  let platform: FixturePlugins
  let registry: PrivateRegistry
  let kernel: TestKernel

  before(async () => {
    author = await fixturePlugins()
    platform = await fixturePlugins()
    registry = await startPrivateRegistry()
    kernel = await createTestKernel({ pluginsDirectory: platform.directory, registry: registry.url })
  })
  after(async () => {
    await kernel.stop()
    await registry.stop()
    await Promise.all([author.dispose(), platform.dispose()])
  })

  const run = (...words: string[]): Promise<Finished> =>
    new Promise((resolve) => {
      const env = { ...process.env, OPERATOR_SOCKET: kernel.operatorSocket }
      execFile(
        process.execPath,
        [command, 'plugin', ...words],
        { cwd: author.directory, env },
        (error, stdout, stderr) => {
          resolve({ code: error ? 1 : 0, stdout, stderr })
        },
      )
    })
  async function json<T>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await run(...words, '--json')
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}${stdout}`)
    return JSON.parse(stdout) as T
  }
  async function changes(...words: string[]): Promise<Operation> {
    const operation = await json<Operation>(...words)
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.ok(operation.steps.every(({ state, ms }) => state === 'skipped' || (ms !== null && ms >= 0)))
    return operation
  }
  const served = async (): Promise<number> =>
    (await createApi({ baseUrl: `${kernel.origin}/api` })(ping, {})).version
  const has = (table: string): Promise<boolean> => kernel.parts.database.schema.hasTable(table)

  it('begins with its author, who needs no platform', async () => {
    await author.write('sample', version(1))
    await json('keys', 'create', '--out', 'author.key')
    const packed = await json<{ digest: string; steps: { ms: number }[] }>(
      'pack',
      'sample',
      '--out',
      'sample.tgz',
    )
    assert.ok(packed.steps.every(({ ms }) => ms >= 0))
    const signed = await json<{ digest: string }>('sign', 'sample.tgz', '--key', 'author.key')
    assert.notEqual(signed.digest, packed.digest)
    const verified = await json<{ signature: string }>('verify', 'sample.tgz', '--key', 'author.key.pub')
    assert.equal(verified.signature, 'genuine')
  })

  it('is let in when its key is trusted, and enabled only when it is asked for', async () => {
    const refused = await run('install', 'sample.tgz')
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /not trusted\. \(plugins\.publisher_key_unknown\)/)
    await json('publishers', 'trust', 'author.key.pub', '--publisher', 'Tests')
    const installed = await json<{ pluginId: string; steps: { name: string }[] }>('install', 'sample.tgz')
    assert.deepEqual([installed.pluginId, installed.steps.length], ['sample', 5])
    const [listed] = await json<{ id: string; state: string; source: string }[]>('list')
    assert.deepEqual([listed?.id, listed?.state, listed?.source], ['sample', 'disabled', 'package'])
    assert.equal(await has('sample_notes'), false)
  })

  it('serves its route and its page once it is enabled', async () => {
    const plan = await json<{ problems: string[]; migrations: { statements: string[] }[] }>('plan', 'sample')
    assert.deepEqual(plan.problems, [])
    assert.match(String(plan.migrations[0]?.statements), /create table `sample_notes`/)
    await changes('enable', 'sample', '--approve-grants')
    assert.equal(await served(), 1)
    assert.equal(await has('sample_notes'), true)
    const { plugins } = await kernel.call(showUi, { app: 'portal' })
    const page = await fetch(kernel.origin + plugins[0]?.module)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /SampleHomePage/)
  })

  it('is upgraded from the registry, with consent for what the next version asks', async () => {
    await author.write('sample', version(2))
    await json('pack', 'sample', '--key', 'author.key', '--out', 'next.tgz')
    await registry.publish(await readFile(path.join(author.directory, 'next.tgz')))
    const found = await json<{ name: string; pluginId: string; installedVersion: string }[]>(
      'search',
      '--scope',
      '@oak',
    )
    assert.deepEqual(
      found.map(({ name, pluginId, installedVersion }) => [name, pluginId, installedVersion]),
      [[NAME, 'sample', '1.0.0']],
    )
    await json('install', `${NAME}@^2.0.0`)
    assert.equal(await served(), 1)
    const refused = await run('upgrade', 'sample')
    assert.match(refused.stderr, /plugins\.grants_not_approved/)
    assert.match(refused.stderr, /rates\.example/)
    const grants = await json<{ isApproved: boolean }>('grants', 'sample', '--approve', '--version', '2.0.0')
    assert.equal(grants.isApproved, true)
    const upgraded = await changes('upgrade', 'sample')
    assert.deepEqual([upgraded.fromVersion, upgraded.version], ['1.0.0', '2.0.0'])
    assert.equal(await served(), 2)
    assert.equal(await has('sample_more'), true)
  })

  it('goes back with one command', async () => {
    await changes('rollback', 'sample')
    assert.equal(await served(), 1)
    assert.equal(await has('sample_more'), false)
  })

  it('reads well on a terminal, and says in a sentence what cannot be', async () => {
    assert.match((await run('list')).stdout, /sample +1\.0\.0 +2\.0\.0 +enabled/)
    assert.match((await run('show', 'sample')).stdout, /Releases here\n {2}2\.0\.0 {2}package {2}signed/)
    assert.match((await run('publishers')).stdout, /Tests +trusted/)
    assert.match((await run('pin', 'sample')).stdout, /^sample stays at 1\.0\.0\.$/m)
    assert.match((await run('unpin', 'sample')).stdout, /may be upgraded/)
    assert.match((await run('health')).stdout, /sample/)
    const nowhere = await run('install', 'nowhere.tgz')
    assert.deepEqual([nowhere.code, nowhere.stderr], [1, 'There is no file nowhere.tgz.\n'])
    const unknown = await run('install', '@oak/plugin-elm')
    assert.match(unknown.stderr, /plugins\.registry_package_not_found/)
    assert.match((await run('forget', 'sample', '1.0.0')).stderr, /plugins\.release_in_use/)
  })

  it('leaves nothing behind when it is uninstalled with its data', async () => {
    await changes('disable', 'sample')
    const unsure = await run('uninstall', 'sample', '--data', 'purge')
    assert.match(unsure.stderr, /plugins\.confirmation_missing/)
    await changes('uninstall', 'sample', '--data', 'purge', '--confirm', 'sample')
    assert.equal(await has('sample_notes'), false)
    assert.deepEqual(await json('list'), [])
    assert.deepEqual(await kernel.parts.database('plugins_artifacts').select(), [])
  })
})
