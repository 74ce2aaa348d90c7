import type { Knex } from 'knex'
import { ulid } from '../broker/index.ts'
import { deviceOf } from './device.ts'
import type { SecurityEntry, SecurityKind } from './routes.ts'

export interface SecurityStep {
  readonly userId: string
  readonly kind: SecurityKind
  /** Undefined for what the platform's own command does. */
  readonly client?: { readonly address: string; readonly userAgent: string } | undefined
  /** The user unless an operator did it. */
  readonly doneBy?: string
  readonly reason?: string
}

/** A step as it was written. */
export interface SecurityRecord extends SecurityStep {
  readonly id: string
  readonly at: Date
}

/** Told in the transaction that writes a step. */
export type SecurityListener = (trx: Knex.Transaction, record: SecurityRecord) => Promise<void>

interface SecurityRow {
  id: string
  user_id: string
  kind: SecurityKind
  address: string
  user_agent: string
  done_by: string
  reason: string | null
  at: Date
}

export interface SecurityQuery {
  readonly limit?: number
  readonly cursor?: string
  /** Only sign-ins, good and failed. */
  readonly isSignIn?: boolean
}

export interface SecurityLog {
  record(trx: Knex.Transaction, step: SecurityStep): Promise<void>
  list(userId: string, query: SecurityQuery): Promise<{ items: SecurityEntry[]; nextCursor?: string }>
  /** Nobody has signed in from this address, or with this browser, though somebody has signed in before. */
  isUnknownPlace(userId: string, client: { address: string; userAgent: string }): Promise<boolean>
  onRecord(listener: SecurityListener): void
  forgetOld(): Promise<number>
}

export const signInKinds: readonly SecurityKind[] = [
  'signedIn',
  'signedInFromNewPlace',
  'signInFailed',
  'accountOpened',
]
const goodSignIns: readonly SecurityKind[] = ['signedIn', 'signedInFromNewPlace', 'accountOpened']
const PAGE_ROWS = 50
const DAYS_MAX = 400
const AGENT_LENGTH_MAX = 200

export function createSecurityLog(database: Knex): SecurityLog {
  let tell: SecurityListener = () => Promise.resolve()
  const table = (trx: Knex) => trx<SecurityRow>('users_security_entries')

  return {
    async record(trx, step) {
      const { userId, kind, client, doneBy = userId, reason = null } = step
      const record = { ...step, id: ulid(), at: new Date() }
      await table(trx).insert({
        id: record.id,
        user_id: userId,
        kind,
        done_by: doneBy,
        reason,
        at: record.at,
        address: client?.address.slice(0, 64) ?? '',
        user_agent: client?.userAgent.slice(0, AGENT_LENGTH_MAX) ?? '',
      })
      await tell(trx, record)
    },
    async list(userId, { limit = PAGE_ROWS, cursor, isSignIn }) {
      const query = table(database)
        .where({ user_id: userId })
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (cursor !== undefined) void query.where('id', '<', cursor)
      if (isSignIn === true) void query.whereIn('kind', signInKinds)
      if (isSignIn === false) void query.whereNotIn('kind', signInKinds)
      const rows = await query
      const items = rows.slice(0, limit).map(entryOf)
      const last = items.at(-1)
      return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
    },
    async isUnknownPlace(userId, { address, userAgent }) {
      const known = table(database).where({ user_id: userId }).whereIn('kind', goodSignIns)
      if (!(await known.clone().first('id'))) return false
      const [sameAddress, sameBrowser] = await Promise.all([
        known.clone().where({ address }).first('id'),
        known
          .clone()
          .where({ user_agent: userAgent.slice(0, AGENT_LENGTH_MAX) })
          .first('id'),
      ])
      return !sameAddress || !sameBrowser
    },
    onRecord: (listener) => {
      tell = listener
    },
    forgetOld: () =>
      table(database)
        .where('at', '<', new Date(Date.now() - DAYS_MAX * 24 * 3600_000))
        .delete(),
  }
}

function entryOf(row: SecurityRow): SecurityEntry {
  return {
    id: row.id,
    kind: row.kind,
    address: row.address,
    device: deviceOf(row.user_agent),
    doneBy: row.done_by,
    reason: row.reason,
    at: row.at.toISOString(),
  }
}
