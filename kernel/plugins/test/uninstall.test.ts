import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { amount } from '../../money/index.ts'
import { createLedger } from '../../ledger/index.ts'
import * as routes from '../routes.ts'
import { manifestSource, migrationSource } from './fixture.ts'
import { refused, sample, sampleSuite } from './sample-suite.ts'

async function untar(archive: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for await (const entry of Readable.from([archive]).pipe(createGunzip()).pipe(extract())) {
    files[entry.header.name] = await text(entry)
  }
  return files
}

describe('uninstall of a plugin', () => {
  const suite = sampleSuite()
  const { enable, disable, has } = suite
  const uninstall = (data: 'keep' | 'export' | 'purge', confirmation?: string) =>
    suite.platform.call(routes.uninstallPlugin, {
      ...sample,
      data,
      ...(confirmation ? { confirmation } : {}),
    })
  const states = () => suite.platform.database('plugins_states').where({ id: 'sample' })

  beforeEach(async () => {
    await enable()
    await suite.platform.database('sample_notes').insert([{ text: 'first' }, { text: 'second' }])
  })

  it('is refused while it is enabled', async () => {
    await assert.rejects(uninstall('keep'), refused('plugins.still_enabled'))
  })

  it('keeps the data unless something else is asked for', async () => {
    await disable()
    assert.equal((await uninstall('keep')).state, 'done')
    assert.equal((await suite.platform.database('sample_notes')).length, 2)
    assert.deepEqual(await suite.platform.database('plugins_releases'), [])
    assert.equal((await enable()).state, 'done')
  })

  it('writes the data to a file that the operator fetches', async () => {
    await disable()
    const operation = await uninstall('export')
    assert.equal(operation.state, 'done', operation.reason ?? '')
    const { file, name } = await suite.platform.call(routes.readExport, {
      ...sample,
      exportId: operation.exportId ?? '',
    })
    assert.equal(name, `sample-${operation.exportId}.tar.gz`)
    const { readFile } = await import('node:fs/promises')
    const files = await untar(await readFile(`${suite.plugins.dataDirectory}/plugin-exports/${file}`))
    assert.deepEqual(Object.keys(files), ['sample_notes.ndjson'])
    const rows = (files['sample_notes.ndjson'] ?? '').trim().split('\n')
    assert.deepEqual(
      rows.map((row) => JSON.parse(row) as unknown),
      [
        { id: 1, text: 'first' },
        { id: 2, text: 'second' },
      ],
    )
    assert.equal((await suite.platform.database('sample_notes')).length, 2)
  })

  it('deletes all it ever had once its id was typed', async () => {
    await suite.platform.database.schema.createTable('sample_more', (table) => void table.increments())
    await disable()
    await assert.rejects(uninstall('purge'), refused('plugins.confirmation_missing'))
    await assert.rejects(uninstall('purge', 'other'), refused('plugins.confirmation_missing'))
    const operation = await uninstall('purge', 'sample')
    assert.equal(operation.state, 'done', operation.reason ?? '')
    assert.deepEqual([await has('sample_notes'), await has('sample_more')], [false, false])
    assert.deepEqual(await states(), [])
    for (const table of ['plugins_grants', 'plugins_releases', 'plugins_switches']) {
      assert.deepEqual(await suite.platform.database(table), [], table)
    }
    assert.deepEqual(await suite.platform.database('permissions').where({ owner: 'sample' }), [])
    assert.deepEqual(await suite.platform.database('migrations').where({ owner: 'sample' }), [])
    assert.equal((await enable()).state, 'done')
  })

  it('leaves tables alone that only begin like its own', async () => {
    await suite.platform.database.schema.createTable('sample_more_notes', (table) => void table.increments())
    const row = { owner: 'sample-more', name: '0001-notes', started_at: new Date(), finished_at: new Date() }
    await suite.platform.database('migrations').insert(row)
    await disable()
    await uninstall('purge', 'sample')
    assert.equal(await has('sample_more_notes'), true)
    await suite.platform.database.schema.dropTable('sample_more_notes')
  })

  it('leaves everything as it was when a migration refuses to be taken back', async () => {
    await disable()
    const guard = migrationSource('sample_more').replace(
      'await knex.schema.dropTableIfExists',
      `if (globalThis.sampleIsHeld) throw new Error('stakes are in it'); await knex.schema.dropTableIfExists`,
    )
    await suite.plugins.write('sample', { 'migrations/0002-more.ts': guard })
    await enable()
    await disable()
    ;(globalThis as { sampleIsHeld?: boolean }).sampleIsHeld = true
    const operation = await uninstall('purge', 'sample')
    ;(globalThis as { sampleIsHeld?: boolean }).sampleIsHeld = false
    assert.equal(operation.state, 'failed')
    assert.match(operation.reason ?? '', /stakes are in it/)
    assert.equal((await suite.platform.database('sample_notes')).length, 2)
    assert.equal((await enable()).state, 'done')
  })

  it('deletes nothing while its accounts hold money, and names them', async () => {
    await suite.plugins.write('sample', {
      'plugin.ts': manifestSource('sample', {
        version: '1.1.0',
        extra: `accounts: [{ id: 'fees:sample', title: 'Fees' }],`,
      }),
    })
    await suite.reload()
    const ledger = createLedger({ database: suite.platform.database })
    await suite.platform.database.transaction(async (trx) => {
      await ledger.defineAsset(trx, { id: 'USDT', name: 'Tether', scale: 8, tradingScale: 8 })
      await ledger.openAccount(trx, 'external:tests', 'external')
      await ledger.openAccount(trx, 'user:7/sample', 'user')
      const posting = { source: 'external:tests', assetId: 'USDT', amount: amount(5n) }
      await ledger.post(trx, [
        {
          key: 'k',
          kind: 'tests.gift',
          postings: [
            { ...posting, target: 'fees:sample' },
            { ...posting, target: 'user:7/sample' },
          ],
        },
      ])
    })
    await disable()
    await assert.rejects(uninstall('purge', 'sample'), (error: Error) => {
      const { accounts } = (error as { data?: { accounts?: unknown } }).data ?? {}
      assert.deepEqual(accounts, ['fees:sample', 'user:7/sample'])
      return true
    })
    assert.equal(await has('sample_notes'), true)
  })
})
