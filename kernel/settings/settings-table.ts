import type { Knex } from 'knex'
import { execute, transaction } from '../database/index.ts'
import { keepChange, type KeptChange } from './changes-table.ts'

/** What is kept for one owner; secrets in `content` are sealed. */
export interface StoredSettings {
  readonly content: Readonly<Record<string, unknown>>
  /** 0 for an owner nothing was ever set for. */
  readonly revision: number
  readonly changedBy: string | null
  readonly changedAt: Date | null
}

interface SettingsRow {
  owner: string
  content: string
  revision: number
  changed_by: string
  changed_at: Date
}

export const nothingStored: StoredSettings = { content: {}, revision: 0, changedBy: null, changedAt: null }

export async function storedSettings(database: Knex, owner: string): Promise<StoredSettings> {
  const row = await database<SettingsRow>('settings_values').where({ owner }).first()
  return row ? storedOf(row) : nothingStored
}

export async function allStoredSettings(database: Knex): Promise<ReadonlyMap<string, StoredSettings>> {
  const rows = await database<SettingsRow>('settings_values').select()
  return new Map(rows.map((row) => [row.owner, storedOf(row)]))
}

function storedOf({ content, revision, changed_by, changed_at }: SettingsRow): StoredSettings {
  return {
    content: JSON.parse(content) as Record<string, unknown>,
    revision,
    changedBy: changed_by,
    changedAt: changed_at,
  }
}

/** Replaces what is kept and writes down the change; false when it is not at the revision before `change` any more. */
export async function storeSettings(
  database: Knex,
  owner: string,
  content: StoredSettings['content'],
  change: KeptChange,
): Promise<boolean> {
  const { revision, changedBy, changedAt } = change
  const text = JSON.stringify(content)
  return transaction(database, async (trx) => {
    const stored =
      revision > 1
        ? await execute(
            trx,
            `UPDATE settings_values SET content = ?, revision = ?, changed_by = ?, changed_at = ?
             WHERE owner = ? AND revision = ?`,
            [text, revision, changedBy, changedAt, owner, revision - 1],
          )
        : await execute(
            trx,
            `INSERT IGNORE INTO settings_values (owner, content, revision, changed_by, changed_at)
             VALUES (?, ?, 1, ?, ?)`,
            [owner, text, changedBy, changedAt],
          )
    if (stored !== 1) return false
    await keepChange(trx, owner, change)
    return true
  })
}
