import type { Knex } from 'knex'
import { execute, transaction } from '../database/index.ts'
import type { FrontendApp } from '../plugins/ui-manifest.ts'
import type { ThemeContent } from './tokens.ts'

/** One saved state of a theme. */
export interface Edit {
  readonly themeId: string
  readonly revision: number
  readonly content: ThemeContent
  readonly hash: string
  readonly restoredFrom: number | null
  readonly changedBy: string
  readonly changedAt: Date
}

export interface Publication {
  readonly themeId: string
  readonly revision: number
  readonly publishedBy: string
  readonly publishedAt: Date
}

export interface Choice {
  readonly app: FrontendApp
  readonly themeId: string
  readonly chosenBy: string
  readonly chosenAt: Date
}

/** Edits, publications and choices are only ever added: the history is what they are. */
export interface ThemesTables {
  edits(themeId: string): Promise<readonly Edit[]>
  newestEdit(themeId: string): Promise<Edit | undefined>
  edit(themeId: string, revision: number): Promise<Edit | undefined>
  editOf(hash: string): Promise<Edit | undefined>
  /** False when somebody else has saved this revision meanwhile. */
  addEdit(edit: Omit<Edit, 'changedAt'>): Promise<boolean>
  publications(themeId: string): Promise<readonly Publication[]>
  publish(publication: Omit<Publication, 'publishedAt'>): Promise<void>
  choices(): Promise<readonly Choice[]>
  choose(choice: Omit<Choice, 'chosenAt'>): Promise<void>
  forget(trx: Knex, themeId: string): Promise<void>
}

interface EditRow {
  theme_id: string
  revision: number
  content: string
  hash: string
  restored_from: number | null
  changed_by: string
  changed_at: Date
}

function editFrom(row: EditRow | undefined): Edit | undefined {
  return (
    row && {
      themeId: row.theme_id,
      revision: row.revision,
      content: JSON.parse(row.content) as ThemeContent,
      hash: row.hash,
      restoredFrom: row.restored_from,
      changedBy: row.changed_by,
      changedAt: row.changed_at,
    }
  )
}

type Editing = Pick<ThemesTables, 'edits' | 'newestEdit' | 'edit' | 'editOf' | 'addEdit'>

function editTable(database: Knex): Editing {
  const rows = () => database<EditRow>('themes_edits')
  return {
    edits: async (themeId) =>
      (await rows().where({ theme_id: themeId }).orderBy('revision', 'desc').limit(200)).flatMap(
        (row) => editFrom(row) ?? [],
      ),
    newestEdit: async (themeId) =>
      editFrom(await rows().where({ theme_id: themeId }).orderBy('revision', 'desc').first()),
    edit: async (themeId, revision) => editFrom(await rows().where({ theme_id: themeId, revision }).first()),
    editOf: async (hash) => editFrom(await rows().where({ hash }).first()),
    addEdit: async ({ themeId, revision, content, hash, restoredFrom, changedBy }) => {
      const inserted = await execute(
        database,
        `INSERT IGNORE INTO themes_edits
         (theme_id, revision, content, hash, restored_from, changed_by, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [themeId, revision, JSON.stringify(content), hash, restoredFrom, changedBy, new Date()],
      )
      return inserted === 1
    },
  }
}

export function themesTables(database: Knex): ThemesTables {
  async function numbered(table: string, key: Readonly<Record<string, string>>, row: object): Promise<void> {
    await transaction(database, async (trx) => {
      const last = (await trx(table).where(key).max({ number: 'number' }).forUpdate().first()) as {
        number: number | null
      }
      await trx(table).insert({ ...key, ...row, number: (last.number ?? 0) + 1 })
    })
  }

  return {
    ...editTable(database),
    publications: async (themeId) => {
      const rows = await database('themes_publications')
        .where({ theme_id: themeId })
        .orderBy('number', 'desc')
        .select<{ revision: number; published_by: string; published_at: Date }[]>()
      return rows.map(({ revision, published_by: publishedBy, published_at: publishedAt }) => ({
        themeId,
        revision,
        publishedBy,
        publishedAt,
      }))
    },
    publish: ({ themeId, revision, publishedBy }) =>
      numbered(
        'themes_publications',
        { theme_id: themeId },
        { revision, published_by: publishedBy, published_at: new Date() },
      ),
    choices: async () => {
      const rows = await database('themes_choices')
        .orderBy('number', 'desc')
        .select<{ app: FrontendApp; theme_id: string; chosen_by: string; chosen_at: Date }[]>()
      return rows.map(({ app, theme_id: themeId, chosen_by: chosenBy, chosen_at: chosenAt }) => ({
        app,
        themeId,
        chosenBy,
        chosenAt,
      }))
    },
    choose: ({ app, themeId, chosenBy }) =>
      numbered('themes_choices', { app }, { theme_id: themeId, chosen_by: chosenBy, chosen_at: new Date() }),
    forget: async (trx, themeId) => {
      await trx('themes_edits').where({ theme_id: themeId }).delete()
      await trx('themes_publications').where({ theme_id: themeId }).delete()
    },
  }
}
