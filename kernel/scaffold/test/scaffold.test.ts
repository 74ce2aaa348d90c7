import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readPlugin } from '../../plugins/index.ts'
import { root } from '../../setup/index.ts'
import { scaffold, scaffoldOutside, ScaffoldError } from '../index.ts'

interface PackageFile {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

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

  it('makes a package of its own with the versions that the platform is made with', async () => {
    const files = await scaffoldOutside(parent, 'gift-cards')
    for (const file of ['.gitignore', 'tsconfig.json', 'test/contract/notes.test.ts']) {
      assert.ok(files.includes(file), `${file} is not among ${files.join()}`)
    }
    const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as PackageFile
    const made = await read(path.join(parent, 'gift-cards/package.json'))
    assert.equal(made.name, 'cambium-plugin-gift-cards')
    const own = await Promise.all(
      ['.', 'kernel', 'themes/base'].map((folder) => read(path.join(root, folder, 'package.json'))),
    )
    const kernel = own[1]?.version
    const known = Object.assign(
      { '@cambium/kernel': kernel, '@cambium/ui': kernel },
      ...own.map(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies })),
      { '@cambium/kernel': kernel },
    ) as Record<string, string>
    for (const [name, version] of Object.entries(made.devDependencies ?? {})) {
      assert.equal(version, known[name], name)
    }
  })

  it('leaves tests that need no platform to packages of their own', async () => {
    const files = await scaffold(parent, 'gift-cards')
    assert.deepEqual(
      files.filter((file) => file.startsWith('test/')),
      ['test/notes.test.ts', 'test/plugin.test.ts'],
    )
    assert.ok(!existsSync(path.join(parent, 'gift-cards/test/contract')))
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
