import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { SettingsValues } from './live-settings.ts'

/** What became of a secret; its text is kept nowhere but where it is used. */
export interface SecretChange {
  readonly name: string
  readonly is: 'written' | 'removed'
}

/** The values an owner had from one revision on, secrets left out. */
export interface KeptChange {
  readonly revision: number
  readonly content: SettingsValues
  readonly secrets: readonly SecretChange[]
  readonly changedBy: string
  readonly changedAt: Date
}

interface ChangeRow {
  owner: string
  revision: number
  content: string
  secrets: string
  changed_by: string
  changed_at: Date
}

const CHANGES_MAX = 500
const table = 'settings_changes'

function changeOf(row: ChangeRow): KeptChange {
  return {
    revision: row.revision,
    content: JSON.parse(row.content) as SettingsValues,
    secrets: JSON.parse(row.secrets) as readonly SecretChange[],
    changedBy: row.changed_by,
    changedAt: row.changed_at,
  }
}

/** Keeps a change once, and the last five hundred of an owner. */
export async function keepChange(database: Knex, owner: string, change: KeptChange): Promise<void> {
  await execute(
    database,
    `INSERT IGNORE INTO settings_changes (owner, revision, content, secrets, changed_by, changed_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [
      owner,
      change.revision,
      JSON.stringify(change.content),
      JSON.stringify(change.secrets),
      change.changedBy,
      change.changedAt,
    ],
  )
  await database<ChangeRow>(table)
    .where({ owner })
    .where('revision', '<=', change.revision - CHANGES_MAX)
    .delete()
}

/** The newest first, beginning below `before` where it is said. */
export async function keptChanges(
  database: Knex,
  owner: string,
  { limit, before }: { readonly limit: number; readonly before: number | undefined },
): Promise<KeptChange[]> {
  const rows = database<ChangeRow>(table).where({ owner }).orderBy('revision', 'desc').limit(limit)
  if (before !== undefined) void rows.where('revision', '<', before)
  return (await rows).map(changeOf)
}

export async function keptChange(
  database: Knex,
  owner: string,
  revision: number,
): Promise<KeptChange | undefined> {
  const row = await database<ChangeRow>(table).where({ owner, revision }).first()
  return row && changeOf(row)
}

export async function forgetChanges(database: Knex, owner: string): Promise<void> {
  await database<ChangeRow>(table).where({ owner }).delete()
}
