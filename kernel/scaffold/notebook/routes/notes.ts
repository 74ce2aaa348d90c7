import { id, page, pageOf, route, timestamp } from '@cambium/kernel/contract'
import { Integer, Object, String, type Static } from 'typebox'
import { notebookRefusals } from './refusals.ts'

/** How many notes one user can have. */
export const NOTES_MAX = 1000

export const Note = Object({ id, text: String(), createdAt: timestamp })
export type Note = Static<typeof Note>

export const listNotes = route({
  action: 'notebook.notes.list',
  rest: 'GET /notebook/notes',
  summary: 'Own notes, newest first',
  permission: 'notebook.notes.write',
  params: Object(page, { additionalProperties: false }),
  result: pageOf(Note),
  errors: [],
})

export const addNote = route({
  action: 'notebook.notes.add',
  rest: 'POST /notebook/notes',
  summary: 'Keep a note',
  permission: 'notebook.notes.write',
  params: Object({ text: String({ minLength: 1, maxLength: 500 }) }, { additionalProperties: false }),
  result: Note,
  errors: [notebookRefusals.exceeds_notes_max.code],
})

export const removeNote = route({
  action: 'notebook.notes.remove',
  rest: 'DELETE /notebook/notes/:noteId',
  summary: 'Remove an own note',
  permission: 'notebook.notes.write',
  params: Object({ noteId: id }, { additionalProperties: false }),
  result: Object({}),
  errors: [notebookRefusals.note_not_found.code],
})

export const reviewNotes = route({
  action: 'notebook.notes.review',
  rest: 'GET /notebook/overview',
  summary: 'How many notes there are, of how many users',
  permission: 'notebook.notes.review',
  params: Object({}, { additionalProperties: false }),
  result: Object({ notes: Integer(), users: Integer(), keepDays: Integer() }),
  errors: [],
})
