import assert from 'node:assert/strict'
import { Check } from 'typebox/value'
import { plugin } from '../../plugin.ts'
import { addNote, listNotes, removeNote, reviewNotes } from '../../routes/notes.ts'

/** What can be said of the routes without a platform that answers them. */
describe('contract of notebook notes', () => {
  it('takes texts of 1 to 500 letters', () => {
    assert.ok(Check(addNote.params, { text: 'a'.repeat(500) }))
    for (const text of ['', 'a'.repeat(501), 7]) assert.ok(!Check(addNote.params, { text }))
  })

  it('is in the manifest whole, each route with a permission that a role has', () => {
    assert.deepEqual(plugin.routes, [listNotes, addNote, removeNote, reviewNotes])
    const known = plugin.permissions?.map(({ id }) => id)
    for (const { permission } of plugin.routes)
      assert.ok(known?.includes(String(permission)), String(permission))
  })
})
