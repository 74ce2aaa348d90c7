import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as routes from '../routes.ts'
import type { CrashChange, CrashOptions } from './crash-program.ts'
import { fixturePlugins, manifestSource, migrationSource, serverSource } from './fixture.ts'
import type { FixtureFiles, FixturePlugins } from './fixture.ts'
import { sample, sampleSuite } from './sample-suite.ts'

const TIMEOUT_MS = 180_000
const program = fileURLToPath(new URL('crash-program.ts', import.meta.url))

const second: FixtureFiles = {
  'plugin.ts': manifestSource('sample', { version: '1.1.0' }),
  'server/server.ts': serverSource(2),
  'migrations/0002-more.ts': migrationSource('sample_more'),
  'migrations/0003-no-text.ts': `
    export const phase = 'contract'
    export const up = async (knex) => { await knex.schema.alterTable('sample_notes', (t) => t.dropColumn('text')) }
    export const down = async (knex) => {
      if (await knex.schema.hasColumn('sample_notes', 'text')) return
      await knex.schema.alterTable('sample_notes', (t) => t.string('text'))
    }`,
}

/** What can be seen of a plugin: which version answers, and which tables there are. */
interface Seen {
  readonly version: number | null
  readonly hasNotes: boolean
  readonly hasText: boolean
  readonly hasMore: boolean
}

const none: Seen = { version: null, hasNotes: false, hasText: false, hasMore: false }
const asleep: Seen = { version: null, hasNotes: true, hasText: true, hasMore: false }
const first: Seen = { version: 1, hasNotes: true, hasText: true, hasMore: false }
const upgraded: Seen = { version: 2, hasNotes: true, hasText: false, hasMore: true }

describe('crash in the middle of a change to a plugin', function () {
  this.timeout(TIMEOUT_MS)
  const suite = sampleSuite()
  let others: FixturePlugins
  let secondDirectory: string

  before(async () => {
    others = await fixturePlugins()
    secondDirectory = await others.write('sample', second)
  })
  after(() => others.dispose())

  /** Answers with the signal that ended the process, or with what it said. */
  function crash(changes: readonly CrashChange[], at: string | null): Promise<string> {
    const { directory: pluginsDirectory, dataDirectory } = suite.plugins
    const { databaseUrl, redisUrl } = suite.services
    const options: CrashOptions = {
      pluginsDirectory,
      dataDirectory,
      databaseUrl,
      redisUrl,
      changes,
      at,
      secondDirectory,
    }
    return new Promise((resolve) => {
      execFile(process.execPath, [program, JSON.stringify(options)], (error, stdout, stderr) => {
        resolve(error?.signal ?? (stdout || stderr))
      })
    })
  }

  async function seen(): Promise<Seen> {
    const { schema } = suite.platform.database
    const version = await suite.version().catch(() => null)
    const hasNotes = await suite.has('sample_notes')
    const hasText = hasNotes && (await schema.hasColumn('sample_notes', 'text'))
    return { version, hasNotes, hasText, hasMore: await suite.has('sample_more') }
  }

  const to: Readonly<Record<CrashChange, readonly CrashChange[]>> = {
    enable: ['enable'],
    disable: ['enable', 'disable'],
    upgrade: ['enable', 'upgrade'],
    rollback: ['enable', 'upgrade', 'rollback'],
    purge: ['enable', 'disable', 'purge'],
  }

  const outcomes: readonly (readonly [CrashChange, string, Seen])[] = [
    ['enable', 'migrate done', none],
    ['enable', 'flip running', none],
    ['enable', 'flip done', first],
    ['upgrade', 'migrate done', first],
    ['upgrade', 'flip running', first],
    ['upgrade', 'flip done', upgraded],
    ['upgrade', 'contract done', upgraded],
    ['rollback', 'migrate done', upgraded],
    ['rollback', 'flip done', first],
    ['rollback', 'contract done', first],
    ['disable', 'flip running', first],
    ['disable', 'flip done', asleep],
    ['purge', 'purge running', none],
    ['purge', 'purge done', none],
  ]

  for (const [change, at, expected] of outcomes) {
    const outcome = expected === first || expected === asleep || expected === upgraded ? 'whole' : 'nothing'
    it(`leaves no state between old and new: ${change}, killed at "${at}" (${outcome} is left)`, async () => {
      assert.equal(await crash(to[change], at), 'SIGKILL')
      await suite.restart()
      assert.deepEqual(await seen(), expected)
      assert.deepEqual(await suite.platform.database('plugins_operations').where({ state: 'running' }), [])
    })
  }

  it('lets the change be made again', async () => {
    assert.equal(await crash(to.upgrade, 'migrate done'), 'SIGKILL')
    await suite.restart()
    const operation = await suite.platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.deepEqual(await seen(), upgraded)
  })

  it('takes back a migration that was itself cut in two', async () => {
    const cut = migrationSource('sample_more').replace(
      'export async function down',
      `const create = up
       export { cutInTwo as up }
       async function cutInTwo(knex: Knex): Promise<void> {
         await create(knex)
         process.kill(process.pid, 'SIGKILL')
       }
       export async function down`,
    )
    await suite.plugins.write('sample', {
      'migrations/0002-more.ts': cut.replace('export async function up', 'async function up'),
    })
    assert.equal(await crash(['enable'], null), 'SIGKILL')
    await suite.restart()
    assert.deepEqual(await seen(), none)
  })
})
