import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readPlugin } from '../../plugins/index.ts'
import { scaffold, ScaffoldError } from '../index.ts'

describe('scaffold', () => {
  let parent: string

  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'cambium-scaffold-'))
  })
  afterEach(() => rm(parent, { recursive: true }))

  it('makes a plugin of the given name, whole and without a trace of the starter', async () => {
    const files = await scaffold(parent, 'gift-cards')
    assert.ok(files.includes('portal/GiftCardsPage.vue'), files.join())
    for (const file of files) {
      const text = await readFile(path.join(parent, 'gift-cards', file), 'utf8')
      assert.doesNotMatch(`${file} ${text}`.replaceAll('lucide-notebook-pen', ''), /notebook/i, file)
    }
    const { manifest, migrations } = await readPlugin(path.join(parent, 'gift-cards'))
    assert.equal(manifest.id, 'gift-cards')
    assert.deepEqual(
      manifest.routes.map(({ rest }) => rest),
      [
        'GET /gift-cards/notes',
        'POST /gift-cards/notes',
        'DELETE /gift-cards/notes/:noteId',
        'GET /gift-cards/overview',
      ],
    )
    assert.deepEqual(
      migrations.map(({ name }) => name),
      ['0001-notes'],
    )
  })

  it('refuses a name that no plugin can have, and leaves nothing behind', async () => {
    for (const id of ['Gift', '1st', 'a--b', '../up', 'a'.repeat(41), '']) {
      await assert.rejects(scaffold(parent, id), ScaffoldError, id)
    }
    assert.deepEqual(await readdir(parent), [])
  })

  it('never writes over a folder that is there', async () => {
    await scaffold(parent, 'gifts')
    await assert.rejects(scaffold(parent, 'gifts'), /exists already/)
    assert.deepEqual(await readdir(parent), ['gifts'])
  })
})
