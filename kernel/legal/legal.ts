import type { Knex } from 'knex'
import { implement, type Implementation, type Principal } from '../broker/index.ts'
import type { Channels } from '../channels.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import type { Agreements } from '../identity/index.ts'
import {
  acceptancesOf,
  acceptancesTable,
  askingOf,
  draftOf,
  inForceOf,
  keepAcceptance,
  managedLegal,
  textsOf,
  titleOf,
  versionOf,
  versionsOf,
  versionsTable,
  writeDraft,
  type AcceptanceRow,
  type Texts,
  type VersionRow,
} from './legal-table.ts'
import { legalRefusals } from './refusals.ts'
import { legalSamples } from './samples.ts'
import {
  acceptLegal,
  draftLegal,
  listLegal,
  listManagedLegal,
  listOwedAcceptances,
  publishLegal,
  showLegal,
  showManagedLegal,
  type LegalText,
  type ManagedLegal,
  type ShownLegal,
} from './routes.ts'

export interface LegalOptions {
  readonly database: Knex
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Legal {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Publishes the samples of documents that nobody has written; they ask nobody to accept them. */
  provideSamples(): Promise<void>
  /** What a visitor accepts to open an account. */
  readonly agreements: Agreements
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
}

interface Publication {
  readonly document: string
  readonly revision: number
  readonly asksAcceptance: boolean
  readonly effectiveAt?: string
}

/** Says only that something changed: who has what to accept is theirs to ask. */
const CHANNEL = 'legal.changes'
const ACCEPTED = 'legal.acceptances'

function byOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

function textIn(texts: Texts, language: string): { readonly language: string } & LegalText {
  const written = texts[language]
  if (written) return { language, ...written }
  return { language: 'en', ...(texts.en as LegalText) }
}

export function createLegal({ database, realtime, clock = systemClock }: LegalOptions): Legal {
  const current = async (): Promise<VersionRow[]> => inForceOf(await versionsOf(database), clock.now())

  async function read(document: string, language: string, version?: number): Promise<ShownLegal> {
    const now = clock.now()
    const opened = (await versionsOf(database, document)).filter((row) => row.effective_at <= now)
    const [inForce] = opened
    if (!inForce) throw legalRefusals.document_not_found({ document })
    const row = version === undefined ? inForce : opened.find((one) => one.version === version)
    if (!row) throw legalRefusals.version_not_found({ document, version })
    return {
      document,
      ...versionOf(row),
      ...textIn(textsOf(row), language),
      isInForce: row === inForce,
      versions: opened.map(versionOf),
    }
  }

  /** An acceptance holds until a version that asks for it anew comes into force. */
  async function owed(userId: string) {
    const now = clock.now()
    const [rows, accepted] = await Promise.all([versionsOf(database), acceptancesOf(database, userId)])
    const isAccepted = (document: string, from: number): boolean =>
      accepted.some((one) => one.document === document && one.version >= from)
    const items = inForceOf(rows, now).filter((row) => {
      const asking = askingOf(rows, row)
      return asking !== undefined && !isAccepted(row.document, asking.version)
    })
    const coming = rows.map((row) => row.effective_at).filter((at) => at > now)
    const next = coming.toSorted((one, other) => one.getTime() - other.getTime())[0]
    return { items: items.map(titleOf), nextAt: next?.toISOString() ?? null }
  }

  async function accept(document: string, version: number, language: string, userId: string) {
    const row = (await current()).find((one) => one.document === document)
    if (!row) throw legalRefusals.document_not_found({ document })
    if (row.version !== version) throw legalRefusals.not_in_force({ document, version: row.version })
    await keepAcceptance(database, { user_id: userId, document, version, language, at: clock.now() })
    realtime.publish(ACCEPTED, userId, { document })
    return {}
  }

  async function manage(document: string): Promise<ManagedLegal> {
    const [one] = await managedLegal(database, clock.now(), document)
    if (!one) throw legalRefusals.document_not_found({ document })
    return one
  }

  async function draft(document: string, texts: Texts, revision: number, by: string): Promise<ManagedLegal> {
    if (!texts.en) throw legalRefusals.english_needed()
    const columns = { document, texts: JSON.stringify(texts), revision, changed_by: by }
    if (!(await writeDraft(database, { ...columns, changed_at: clock.now() })))
      throw legalRefusals.changed_meanwhile({ current: await manage(document) })
    return manage(document)
  }

  async function publish(
    { document, revision, asksAcceptance, effectiveAt }: Publication,
    by: string,
  ): Promise<ManagedLegal> {
    await manage(document)
    const now = clock.now()
    const from = effectiveAt === undefined ? now : new Date(effectiveAt)
    const isPublished = await transaction(database, async (trx) => {
      // The draft's revision rises with it, so that two operators never publish the same draft.
      const written = await draftOf(trx, document)
      if (written?.revision !== revision || !(await writeDraft(trx, written))) return false
      const [last] = await versionsOf(trx, document)
      if (from < now || (last && from < last.effective_at)) throw legalRefusals.must_follow_earlier_versions()
      await trx<VersionRow>(versionsTable).insert({
        document,
        version: (last?.version ?? 0) + 1,
        texts: written.texts,
        asks_acceptance: asksAcceptance ? 1 : 0,
        effective_at: from,
        published_by: by,
        published_at: now,
      })
      return true
    })
    if (!isPublished) throw legalRefusals.changed_meanwhile({ current: await manage(document) })
    realtime.publish(CHANNEL, 'all', { document })
    return manage(document)
  }

  realtime.provide('legal', { name: CHANNEL, access: 'public' }, async () => null)
  realtime.provide('legal', { name: ACCEPTED, access: 'user' }, async () => null)

  const implementations = [
    implement(listLegal, async () => {
      const rows = await versionsOf(database)
      const items = inForceOf(rows, clock.now()).map((row) => ({
        ...titleOf(row),
        asksAcceptance: askingOf(rows, row) !== undefined,
      }))
      return { items }
    }),
    implement(showLegal, ({ params: { document, language = 'en', version } }) =>
      read(document, language, version),
    ),
    implement(listOwedAcceptances, ({ userId }) => owed(userId)),
    implement(acceptLegal, ({ params: { document, version, language }, userId }) =>
      accept(document, version, language, userId),
    ),
    implement(listManagedLegal, async () => ({ items: await managedLegal(database, clock.now()) })),
    implement(showManagedLegal, ({ params }) => manage(params.document)),
    implement(draftLegal, ({ params: { document, texts, revision }, principal }) =>
      draft(document, texts, revision, byOf(principal)),
    ),
    implement(publishLegal, ({ params, principal }) => publish(params, byOf(principal))),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [{ id: 'legal.documents.manage', title: 'Write legal documents', roles: ['admin'] }],
    async provideSamples() {
      const known = new Set((await versionsOf(database)).map((row) => row.document))
      for (const [document, texts] of Object.entries(legalSamples)) {
        if (known.has(document) || (await draftOf(database, document))) continue
        const { draft: made } = await draft(document, texts, 0, 'demo')
        await publish({ document, revision: made?.revision ?? 0, asksAcceptance: false }, 'demo')
      }
    },
    agreements: agreementsOf(database, clock),
    ...kept(database),
  }
}

function agreementsOf(database: Knex, clock: Clock): Agreements {
  /** Also where only an earlier version asked: a new user has not accepted that one either. */
  async function asked(): Promise<VersionRow[]> {
    const rows = await versionsOf(database)
    return inForceOf(rows, clock.now()).filter((row) => askingOf(rows, row) !== undefined)
  }
  return {
    async missing(accepted) {
      const open = (await asked()).filter(
        (row) => !accepted.some((one) => one.document === row.document && one.version === row.version),
      )
      return open.map((row) => row.document)
    },
    async keep(trx, userId, accepted) {
      const known = await asked()
      for (const { document, version, language } of accepted)
        if (known.some((row) => row.document === document && row.version === version))
          await keepAcceptance(trx, { user_id: userId, document, version, language, at: clock.now() })
    },
  }
}

function kept(database: Knex): Pick<Legal, 'exportUser' | 'eraseUser'> {
  return {
    exportUser: async (userId) => ({
      acceptedDocuments: (await acceptancesOf(database, userId)).map(
        ({ document, version, language, at }) => ({ document, version, language, at: at.toISOString() }),
      ),
    }),
    async eraseUser(userId) {
      await database<AcceptanceRow>(acceptancesTable).where({ user_id: userId }).delete()
    },
  }
}
