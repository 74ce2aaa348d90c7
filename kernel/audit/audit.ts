import type { Knex } from 'knex'
import { assertAccess, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration, Route } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { beginEntry, findAudit, readAudit, settleEntry, type Settlement } from './entries-table.ts'
import { redact } from './redact.ts'
import { auditRefusals } from './refusals.ts'
import { listAudit, showAuditEntry, type AuditEntry } from './routes.ts'

/** A call that came in from outside. */
export interface Act {
  readonly route: Route
  readonly params: Readonly<Record<string, unknown>>
  readonly principal: Principal
  readonly requestId: string
  readonly address: string
  /** Reads what the act is about, by the route that shows it; undefined where none does. */
  readonly read: (() => Promise<unknown>) | undefined
}

export interface AuditOptions {
  readonly database: Knex
  readonly identity: {
    /** Nobody holds the permission by being a user alone. */
    isOperators(permission: string): Promise<boolean>
    findUser(userId: string): Promise<{ readonly email: string } | undefined>
  }
  readonly realtime: Channels
  readonly log: Logger
  readonly clock?: Clock
}

export interface Audit {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Does the work, and writes it down where it is an operator's: first that it is begun, then how it ended. */
  around(act: Act, work: () => Promise<unknown>): Promise<unknown>
}

const CHANNEL = 'audit.entries'
const KEY = 'all'
const LATEST = 8
const STATE_LENGTH_MAX = 256 * 1024

function actorOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

/** `/plugins/:pluginId/settings` is about a plugin; what makes something is about what it makes. */
function subjectOf({ route, params }: Act): { kind: string; id: string } {
  const name = [...route.path.matchAll(/:(\w+)/g)].at(-1)?.[1]
  if (name !== undefined) return { kind: name.replace(/Id$/, ''), id: String(params[name]) }
  const resources = route.action.split('.')[1] ?? ''
  return { kind: resources.replace(/s$/, ''), id: '' }
}

function madeId(kind: string, result: unknown): string {
  const { id, [`${kind}Id`]: named } = (result ?? {}) as Readonly<Record<string, unknown>>
  return String(named ?? id ?? '')
}

/** What is too long to keep is said to be so. */
function textOf(state: unknown): string {
  const text = JSON.stringify(redact(state) ?? null)
  return text.length <= STATE_LENGTH_MAX ? text : JSON.stringify({ leftOut: `${text.length} characters` })
}

function endOf(error: unknown): Pick<Settlement, 'outcome' | 'problem'> {
  const { code, type } = error as { readonly code?: unknown; readonly type?: unknown }
  const isRefusal = typeof code === 'number' && code < 500 && typeof type === 'string'
  return isRefusal ? { outcome: 'refused', problem: type } : { outcome: 'failed', problem: null }
}

export function createAudit({ database, identity, realtime, log, clock = systemClock }: AuditOptions): Audit {
  async function withEmails<T extends { readonly actorId: string }>(
    items: readonly T[],
  ): Promise<(T & Pick<AuditEntry, 'actorEmail'>)[]> {
    const ids = [...new Set(items.map(({ actorId }) => actorId))]
    const found = await Promise.all(
      ids.map(async (id) => [id, (await identity.findUser(id))?.email] as const),
    )
    const emails = new Map(found)
    return items.map((item) => ({ ...item, actorEmail: emails.get(item.actorId) ?? null }))
  }

  async function list(query: Parameters<typeof readAudit>[1]) {
    const { items, ...rest } = await readAudit(database, query)
    return { items: await withEmails(items), ...rest }
  }

  async function publish(seq: string): Promise<void> {
    const found = await findAudit(database, seq)
    if (!found) return
    const { params: _params, before: _before, after: _after, ...entry } = found
    realtime.publish(CHANNEL, KEY, { items: await withEmails([entry]) })
  }

  /** Somebody who may act may not be let see: then there is nothing to compare. */
  async function stateOf({ read }: Act): Promise<string | null> {
    if (!read) return null
    try {
      return textOf(await read())
    } catch {
      return null
    }
  }

  async function begin(act: Act): Promise<string> {
    const { route, params, principal, requestId, address } = act
    const subject = subjectOf(act)
    const about = { ...params }
    for (const name of route.unaudited ?? []) delete about[name]
    return beginEntry(database, {
      at: clock.now(),
      actor_id: actorOf(principal),
      action: route.action,
      owner: route.action.slice(0, route.action.indexOf('.')),
      title: route.summary,
      subject_kind: subject.kind,
      subject_id: subject.id.slice(0, 190),
      request_id: requestId,
      address,
      params: textOf(about),
      state_before: await stateOf(act),
    })
  }

  /** The act is done or not whatever becomes of this line; that it was begun is written. */
  async function settle(seq: string, settlement: Settlement): Promise<void> {
    try {
      await settleEntry(database, seq, settlement)
      await publish(seq)
    } catch (error) {
      log.error(`how the act of audit entry ${seq} ended could not be written`, { error })
    }
  }

  async function isAudited({ route }: Act): Promise<boolean> {
    const { permission, method, changesNothing } = route
    if (method === 'GET' || changesNothing || permission === 'public' || permission === 'signedIn')
      return false
    return identity.isOperators(permission)
  }

  realtime.provide('audit', { name: CHANNEL, access: 'audit.entries.read' }, () => list({ limit: LATEST }))

  const implementations = [
    implement(listAudit, ({ params }) => list(params)),
    implement(showAuditEntry, async ({ params: { entryId } }) => {
      const found = await findAudit(database, entryId)
      if (!found) throw auditRefusals.entry_not_found({ entryId })
      const [entry] = await withEmails([found])
      return entry as NonNullable<typeof entry>
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [{ id: 'audit.entries.read', title: 'See what operators did', roles: ['admin'] }],
    async around(act, work) {
      if (!(await isAudited(act))) return work()
      // Who may not do it leaves no line: strangers cannot fill what stays for ever.
      assertAccess(act.route.permission, act.principal)
      const seq = await begin(act)
      const { kind, id } = subjectOf(act)
      const beganMs = performance.now()
      const took = () => Math.round(performance.now() - beganMs)
      try {
        const result = await work()
        const after = act.read ? await stateOf(act) : textOf(result)
        const subjectId = (id === '' ? madeId(kind, result) : id).slice(0, 190)
        const end = { outcome: 'done', problem: null, took_ms: took(), state_after: after } as const
        await settle(seq, { ...end, subject_id: subjectId })
        return result
      } catch (error) {
        await settle(seq, { ...endOf(error), took_ms: took(), state_after: null, subject_id: id })
        throw error
      }
    },
  }
}
