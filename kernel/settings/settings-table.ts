import type { Knex } from 'knex'
import { execute } from '../database/index.ts'

/** What is kept for one owner; secrets in `content` are sealed. */
export interface StoredSettings {
  readonly content: Readonly<Record<string, unknown>>
  /** 0 for an owner nothing was ever set for. */
  readonly revision: number
}

interface SettingsRow {
  owner: string
  content: string
  revision: number
}

export const nothingStored: StoredSettings = { content: {}, revision: 0 }

export async function storedSettings(database: Knex, owner: string): Promise<StoredSettings> {
  const row = await database<SettingsRow>('settings_values').where({ owner }).first()
  return row ? storedOf(row) : nothingStored
}

export async function allStoredSettings(database: Knex): Promise<ReadonlyMap<string, StoredSettings>> {
  const rows = await database<SettingsRow>('settings_values').select('owner', 'content', 'revision')
  return new Map(rows.map((row) => [row.owner, storedOf(row)]))
}

function storedOf({ content, revision }: SettingsRow): StoredSettings {
  return { content: JSON.parse(content) as Record<string, unknown>, revision }
}

/** Replaces what is kept; false when it is not at `revision` any more. */
export async function storeSettings(
  database: Knex,
  owner: string,
  { content, revision }: StoredSettings,
  changedBy: string,
): Promise<boolean> {
  const text = JSON.stringify(content)
  if (revision > 0) {
    const changed = await execute(
      database,
      `UPDATE settings_values SET content = ?, revision = revision + 1, changed_by = ?, changed_at = ?
       WHERE owner = ? AND revision = ?`,
      [text, changedBy, new Date(), owner, revision],
    )
    return changed === 1
  }
  const inserted = await execute(
    database,
    'INSERT IGNORE INTO settings_values (owner, content, revision, changed_by, changed_at) VALUES (?, ?, 1, ?, ?)',
    [owner, text, changedBy, new Date()],
  )
  return inserted === 1
}
