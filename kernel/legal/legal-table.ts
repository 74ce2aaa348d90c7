import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { LegalText, LegalTitle, LegalVersion, ManagedLegal } from './routes.ts'

export interface VersionRow {
  document: string
  version: number
  texts: string
  asks_acceptance: number
  effective_at: Date
  published_by: string
  published_at: Date
}
export interface DraftRow {
  document: string
  texts: string
  revision: number
  changed_by: string
  changed_at: Date
}
export interface AcceptanceRow {
  user_id: string
  document: string
  version: number
  language: string
  at: Date
}
export type Texts = Readonly<Record<string, LegalText>>

export const versionsTable = 'legal_versions'
export const draftsTable = 'legal_drafts'
export const acceptancesTable = 'legal_acceptances'

export function textsOf({ texts }: { readonly texts: string }): Texts {
  return JSON.parse(texts) as Texts
}

function titlesOf(texts: Texts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([locale, { title }]) => [locale, title]))
}

export function versionOf(row: VersionRow): LegalVersion {
  return {
    version: row.version,
    effectiveAt: row.effective_at.toISOString(),
    asksAcceptance: row.asks_acceptance === 1,
  }
}

export function titleOf(row: VersionRow): LegalTitle {
  return { document: row.document, titles: titlesOf(textsOf(row)), ...versionOf(row) }
}

/** The newest version of each document that has come into force; `rows` are newest first. */
export function inForceOf(rows: readonly VersionRow[], now: Date): VersionRow[] {
  const newest = new Map<string, VersionRow>()
  for (const row of rows)
    if (row.effective_at <= now && !newest.has(row.document)) newest.set(row.document, row)
  return [...newest.values()].toSorted((one, other) => (one.document < other.document ? -1 : 1))
}

/** Of `rows`, newest first, the newest version up to `row` that asks users to accept it. */
export function askingOf(rows: readonly VersionRow[], row: VersionRow): VersionRow | undefined {
  return rows.find(
    (one) => one.document === row.document && one.asks_acceptance === 1 && one.version <= row.version,
  )
}

export async function versionsOf(database: Knex, document?: string): Promise<VersionRow[]> {
  const query = database<VersionRow>(versionsTable).orderBy('version', 'desc')
  return document === undefined ? query : query.where({ document })
}

export async function draftOf(database: Knex, document: string): Promise<DraftRow | undefined> {
  return database<DraftRow>(draftsTable).where({ document }).first()
}

/** False when the draft is not at `revision` any more. */
export async function writeDraft(database: Knex, { revision, ...columns }: DraftRow): Promise<boolean> {
  const { document, texts, changed_by: by, changed_at: at } = columns
  const next = revision + 1
  if (revision > 0) {
    const changed = await database<DraftRow>(draftsTable)
      .where({ document, revision })
      .update({ ...columns, revision: next })
    return changed === 1
  }
  const written = await execute(
    database,
    `INSERT IGNORE INTO ${draftsTable} (document, texts, revision, changed_by, changed_at) VALUES (?, ?, ?, ?, ?)`,
    [document, texts, next, by, at],
  )
  return written === 1
}

export async function keepAcceptance(database: Knex, row: AcceptanceRow): Promise<void> {
  await execute(
    database,
    `INSERT IGNORE INTO ${acceptancesTable} (user_id, document, version, language, at) VALUES (?, ?, ?, ?, ?)`,
    [row.user_id, row.document, row.version, row.language, row.at],
  )
}

export async function acceptancesOf(database: Knex, userId: string): Promise<AcceptanceRow[]> {
  return database<AcceptanceRow>(acceptancesTable).where({ user_id: userId }).orderBy('at')
}

interface Counted {
  readonly document: string
  readonly version: number
  readonly acceptances: number
}

/** Everything operators see, of one document or of all. */
export async function managedLegal(database: Knex, now: Date, document?: string): Promise<ManagedLegal[]> {
  const [versions, drafts, counted] = await Promise.all([
    versionsOf(database, document),
    database<DraftRow>(draftsTable).modify(
      (query) => void (document === undefined || query.where({ document })),
    ) as Promise<DraftRow[]>,
    database(acceptancesTable)
      .groupBy('document', 'version')
      .select('document', 'version')
      .count({ acceptances: '*' }) as Promise<Counted[]>,
  ])
  const current = inForceOf(versions, now)
  const names = new Set([...versions, ...drafts].map((row) => row.document))
  return [...names].toSorted().map((name) => {
    const own = versions.filter((row) => row.document === name)
    const draft = drafts.find((row) => row.document === name)
    const inForce = current.find((row) => row.document === name)
    const countOf = (version: number) =>
      counted.find((one) => one.document === name && one.version === version)?.acceptances ?? 0
    return {
      document: name,
      titles: titlesOf(textsOf(draft ?? inForce ?? (own[0] as VersionRow))),
      draft: draft
        ? {
            texts: { ...textsOf(draft) },
            revision: draft.revision,
            changedBy: draft.changed_by,
            changedAt: draft.changed_at.toISOString(),
          }
        : null,
      inForce: inForce ? { version: inForce.version, texts: { ...textsOf(inForce) } } : null,
      versions: own.map((row) => ({
        ...versionOf(row),
        publishedBy: row.published_by,
        publishedAt: row.published_at.toISOString(),
        isInForce: row === inForce,
        acceptances: Number(countOf(row.version)),
      })),
    }
  })
}
