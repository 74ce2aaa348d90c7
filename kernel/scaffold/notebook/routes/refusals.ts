import { refusals } from '@cambium/kernel/contract'

/** What this plugin says no to. A code is for ever; its message may change. */
export const notebookRefusals = refusals('notebook', {
  note_not_found: { status: 404, message: 'There is no such note.' },
  exceeds_notes_max: { status: 422, message: 'There is no room for another note; remove one first.' },
})
