import { implement, type Implementation, type PluginKernel } from '@cambium/kernel'
import { addNote, listNotes, NOTES_MAX, removeNote, reviewNotes } from '../routes/notes.ts'
import { notebookRefusals } from '../routes/refusals.ts'
import { countNotes, deleteNote, insertNote, pageOfNotes } from './notes.model.ts'

const PAGE_SIZE = 50

/** How long notes are kept, as the operator has it set now. */
export function keepDays({ settings }: PluginKernel): number {
  return settings.keepDays as number
}

/** The code behind the routes. */
export function noteImplementations(kernel: PluginKernel): readonly Implementation<never>[] {
  const { database } = kernel
  return [
    implement(listNotes, async ({ userId, params: { limit = PAGE_SIZE, cursor } }) =>
      pageOfNotes(database, { userId, limit, cursor }),
    ),
    implement(addNote, async ({ userId, params: { text } }) => {
      const { notes } = await countNotes(database, userId)
      if (notes >= NOTES_MAX) throw notebookRefusals.exceeds_notes_max({ notesMax: NOTES_MAX })
      return insertNote(database, { userId, text, at: kernel.clock.now() })
    }),
    implement(removeNote, async ({ userId, params: { noteId } }) => {
      if (!(await deleteNote(database, userId, noteId))) throw notebookRefusals.note_not_found({ noteId })
      return {}
    }),
    implement(reviewNotes, async () => ({ ...(await countNotes(database)), keepDays: keepDays(kernel) })),
  ]
}
