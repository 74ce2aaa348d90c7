import type { PluginKernel } from '@cambium/kernel'
import type { Note } from '../routes/notes.ts'

type Database = PluginKernel['database']

interface NoteRow {
  readonly id: number
  readonly user_id: string
  readonly text: string
  readonly created_at: Date
}

function toNote({ id, text, created_at: createdAt }: NoteRow): Note {
  return { id: String(id), text, createdAt: createdAt.toISOString() }
}

/** A user's notes, newest first; the cursor is the id of the last one of the page before. */
export async function pageOfNotes(
  database: Database,
  { userId, limit, cursor }: { userId: string; limit: number; cursor: string | undefined },
): Promise<{ items: Note[]; nextCursor?: string }> {
  const query = database<NoteRow>('notebook_notes')
    .where('user_id', userId)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) query.where('id', '<', Number.parseInt(cursor, 10) || 0)
  const rows = await query
  const items = rows.slice(0, limit).map(toNote)
  const last = items.at(-1)
  return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
}

export async function insertNote(
  database: Database,
  { userId, text, at }: { userId: string; text: string; at: Date },
): Promise<Note> {
  const [id = 0] = await database('notebook_notes').insert({ user_id: userId, text, created_at: at })
  return toNote({ id, user_id: userId, text, created_at: at })
}

/** False when the user has no such note. */
export async function deleteNote(database: Database, userId: string, noteId: string): Promise<boolean> {
  return (await database('notebook_notes').where({ user_id: userId, id: noteId }).delete()) > 0
}

export async function deleteNotesBefore(database: Database, before: Date): Promise<number> {
  return database('notebook_notes').where('created_at', '<', before).delete()
}

/** Of one user, or of all. */
export async function countNotes(
  database: Database,
  userId?: string,
): Promise<{ notes: number; users: number }> {
  const query = database('notebook_notes').count({ notes: '*' }).countDistinct({ users: 'user_id' })
  if (userId !== undefined) query.where('user_id', userId)
  // The database answers counts as text: one may be larger than a number can hold.
  const [row] = (await query) as { notes: string; users: string }[]
  return { notes: countOf(row?.notes), users: countOf(row?.users) }
}

function countOf(text = '0'): number {
  return Number.parseInt(text, 10)
}
