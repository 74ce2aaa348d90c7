import type { Knex } from 'knex'
import { execute } from '../database/index.ts'

/** One wording of a text, by an operator. */
export interface Override {
  readonly locale: string
  readonly owner: string
  readonly key: string
  readonly revision: number
  /** Null where the text went back to what was shipped. */
  readonly text: string | null
  /** As it was then: when English says something else now, the wording has to be looked at. */
  readonly english: string
  readonly changedBy: string
  readonly changedAt: Date
}

export interface OverridesTable {
  /** The newest of every text of a language. */
  newest(locale: string): Promise<readonly Override[]>
  history(locale: string, owner: string, key: string): Promise<readonly Override[]>
  /** False when somebody else has written this revision meanwhile. */
  add(override: Omit<Override, 'changedAt'>): Promise<boolean>
}

interface OverrideRow {
  locale: string
  owner: string
  text_key: string
  revision: number
  text: string | null
  english: string
  changed_by: string
  changed_at: Date
}

function overrideFrom({ text_key: key, changed_by, changed_at, ...row }: OverrideRow): Override {
  return { ...row, key, changedBy: changed_by, changedAt: changed_at }
}

export function overridesTable(database: Knex): OverridesTable {
  const rows = () => database<OverrideRow>('translations_overrides')
  return {
    newest: async (locale) => {
      const all = await rows().where({ locale }).orderBy(['owner', 'text_key', 'revision'])
      return [...new Map(all.map((row) => [`${row.owner} ${row.text_key}`, overrideFrom(row)])).values()]
    },
    history: async (locale, owner, key) =>
      (await rows().where({ locale, owner, text_key: key }).orderBy('revision', 'desc').limit(100)).map(
        overrideFrom,
      ),
    add: async ({ locale, owner, key, revision, text, english, changedBy }) => {
      const inserted = await execute(
        database,
        `INSERT IGNORE INTO translations_overrides
         (locale, owner, text_key, revision, text, english, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [locale, owner, key, revision, text, english, changedBy, new Date()],
      )
      return inserted === 1
    },
  }
}
