import assert from 'node:assert/strict'
import path from 'node:path'
import { createTestKernel, type TestKernel, type TestUser } from '@cambium/kernel/testing'
import { addNote, listNotes, removeNote, reviewNotes } from '../routes/notes.ts'

describe('notebook notes', function () {
  this.timeout(60_000)
  let kernel: TestKernel
  let ada: TestUser
  let ben: TestUser

  before(async () => {
    const pluginsDirectory = path.resolve(import.meta.dirname, '../..')
    kernel = await createTestKernel({ pluginsDirectory, plugins: ['notebook'] })
    ada = await kernel.createUser()
    ben = await kernel.createUser()
  })
  after(() => kernel.stop())

  it('are kept, newest first, for who wrote them only', async () => {
    await kernel.call(addNote, { text: 'first' }, { as: ada })
    await kernel.call(addNote, { text: 'second' }, { as: ada })
    const { items } = await kernel.call(listNotes, {}, { as: ada })
    assert.deepEqual(
      items.map(({ text }) => text),
      ['second', 'first'],
    )
    assert.deepEqual((await kernel.call(listNotes, {}, { as: ben })).items, [])
  })

  it('page by their cursor', async () => {
    const first = await kernel.call(listNotes, { limit: 1 }, { as: ada })
    const second = await kernel.call(listNotes, { limit: 1, cursor: first.nextCursor! }, { as: ada })
    assert.equal(second.items[0]?.text, 'first')
    assert.equal(second.nextCursor, undefined)
  })

  it('are refused empty, and not removed by others', async () => {
    await assert.rejects(kernel.call(addNote, { text: '' }, { as: ada }), { code: 'validation' })
    const [note] = (await kernel.call(listNotes, {}, { as: ada })).items
    const stranger = kernel.call(removeNote, { noteId: note!.id }, { as: ben })
    await assert.rejects(stranger, { code: 'notebook.note_not_found' })
    await kernel.call(removeNote, { noteId: note!.id }, { as: ada })
  })

  it('are counted for the operator', async () => {
    const { notes, users } = await kernel.call(reviewNotes, {})
    assert.deepEqual({ notes, users }, { notes: 1, users: 1 })
  })
})
