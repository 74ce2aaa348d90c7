import type { Knex } from 'knex'
import { isTransient } from '../database/index.ts'
import { ulid } from './ulid.ts'

/** One attempt to be the first with a key. */
export interface Claim {
  readonly scope: string
  readonly key: string
  readonly hash: Buffer
  readonly attempt: string
}

export interface KeyRow {
  readonly attempt: string
  readonly hash: Buffer
  readonly outcome: string | null
  /** Its process has died, or stopped renewing. */
  readonly isAbandoned: boolean
}

export interface FinishedClaim {
  readonly claim: Claim
  readonly outcome: string
}

export interface KeyTable {
  /**
   * Inserts what is new and answers the row of every claim: its own when it was first, none when the row it met was
   * released in the same moment.
   */
  claim(claims: readonly Claim[]): Promise<readonly (KeyRow | undefined)[]>
  finish(finished: readonly FinishedClaim[]): Promise<readonly void[]>
  /** Makes an abandoned key the claim's; false when somebody else was quicker. */
  takeOver(claim: Claim, fromAttempt: string): Promise<boolean>
  release(claim: Claim): Promise<void>
  renew(claims: readonly Claim[]): Promise<void>
  purge(): Promise<void>
}

const LEASE_SECONDS = 20
const KEEP_DAYS = 7
const PURGE_ROWS = 5_000
const lease = `DATE_ADD(NOW(3), INTERVAL ${LEASE_SECONDS} SECOND)`

function tuples(count: number, tuple: string): string {
  return Array.from({ length: count }, () => tuple).join(', ')
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 5 || !isTransient(error)) throw error
    }
  }
}

interface SelectedRow {
  scope: string
  idempotency_key: string
  attempt: string
  input_hash: Buffer
  outcome: string | null
  is_abandoned: number
}

export function createKeyTable(database: Knex, nodeId: string): KeyTable {
  const boot = ulid()
  let announced: Promise<unknown> | undefined

  /** From here on, what an earlier process of this node left running counts as abandoned. */
  function announce(): Promise<unknown> {
    announced ??= database.raw(
      `INSERT INTO kernel_nodes (id, boot, started_at) VALUES (?, ?, NOW(3))
       ON DUPLICATE KEY UPDATE boot = VALUES(boot), started_at = VALUES(started_at)`,
      [nodeId, boot],
    )
    return announced
  }

  async function select(claims: readonly Claim[]): Promise<Map<string, KeyRow>> {
    const [rows] = (await database.raw(
      `SELECT k.scope, k.idempotency_key, k.attempt, k.input_hash, k.outcome,
              k.lease_expires_at < NOW(3) OR n.boot <> k.boot AS is_abandoned
         FROM idempotency_keys k JOIN kernel_nodes n ON n.id = k.node
        WHERE (k.scope, k.idempotency_key) IN (${tuples(claims.length, '(?, ?)')})`,
      claims.flatMap(({ scope, key }) => [scope, key]),
    )) as [SelectedRow[]]
    return new Map(
      rows.map((row) => [
        `${row.scope} ${row.idempotency_key}`,
        {
          attempt: row.attempt,
          hash: row.input_hash,
          outcome: row.outcome,
          isAbandoned: row.is_abandoned === 1,
        },
      ]),
    )
  }

  return {
    async claim(claims) {
      await announce()
      const sql = `INSERT INTO idempotency_keys
        (scope, idempotency_key, attempt, input_hash, node, boot, lease_expires_at, created_at)
        VALUES ${tuples(claims.length, `(?, ?, ?, ?, ?, ?, ${lease}, NOW(3))`)}
        ON DUPLICATE KEY UPDATE attempt = attempt`
      const values = claims.flatMap(({ scope, key, attempt, hash }) => [
        scope,
        key,
        attempt,
        hash,
        nodeId,
        boot,
      ])
      await repeated(() => database.raw(sql, values))
      const rows = await select(claims)
      return claims.map(({ scope, key }) => rows.get(`${scope} ${key}`))
    },

    async finish(finished) {
      const sql = `INSERT INTO idempotency_keys
        (scope, idempotency_key, attempt, input_hash, node, boot, lease_expires_at, created_at, finished_at, outcome)
        VALUES ${tuples(finished.length, '(?, ?, ?, ?, ?, ?, NOW(3), NOW(3), NOW(3), ?)')}
        ON DUPLICATE KEY UPDATE
          outcome = IF(attempt = VALUES(attempt), VALUES(outcome), outcome),
          finished_at = IF(attempt = VALUES(attempt), VALUES(finished_at), finished_at)`
      const values = finished.flatMap(({ claim: { scope, key, attempt, hash }, outcome }) => [
        scope,
        key,
        attempt,
        hash,
        nodeId,
        boot,
        outcome,
      ])
      await repeated(() => database.raw(sql, values))
      return finished.map(() => undefined)
    },

    async takeOver({ scope, key, attempt }, fromAttempt) {
      const [{ affectedRows }] = (await database.raw(
        `UPDATE idempotency_keys SET attempt = ?, node = ?, boot = ?, lease_expires_at = ${lease}
          WHERE scope = ? AND idempotency_key = ? AND attempt = ? AND finished_at IS NULL`,
        [attempt, nodeId, boot, scope, key, fromAttempt],
      )) as [{ affectedRows: number }]
      return affectedRows === 1
    },

    async release({ scope, key, attempt }) {
      await database('idempotency_keys').where({ scope, idempotency_key: key, attempt }).delete()
    },

    async renew(claims) {
      if (claims.length === 0) return
      await database.raw(
        `UPDATE idempotency_keys SET lease_expires_at = ${lease}
          WHERE (scope, idempotency_key, attempt) IN (${tuples(claims.length, '(?, ?, ?)')})`,
        claims.flatMap(({ scope, key, attempt }) => [scope, key, attempt]),
      )
    },

    async purge() {
      await database.raw(
        `DELETE FROM idempotency_keys WHERE created_at < NOW(3) - INTERVAL ${KEEP_DAYS} DAY LIMIT ${PURGE_ROWS}`,
      )
    },
  }
}
