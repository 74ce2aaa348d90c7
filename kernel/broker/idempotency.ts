import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { Refusal } from '../contract/index.ts'
import { createBatch } from './batch.ts'
import { canonicalJson } from './canonical-json.ts'
import { createKeyTable, type Claim, type KeyRow } from './idempotency-table.ts'
import type { Logger } from '../log/index.ts'
import { platformRefusals } from './refusals.ts'
import { ulid } from './ulid.ts'

/** A call that must take effect once, its key well-formed. `scope` is the caller: everybody has keys of their own. */
export interface OnceRequest {
  readonly scope: string
  readonly key: string
  readonly action: string
  readonly params: unknown
}

export interface Idempotency {
  /**
   * Runs `work` for the first request with this key and answers every repeat with the stored outcome. Retryable
   * refusals and bugs are forgotten, so that the same key may try again; what `work` did before it failed is for the
   * layers below to recognise, which get the key too.
   */
  once<T>(request: OnceRequest, work: () => Promise<T>): Promise<T>
  stop(): void
}

export interface IdempotencyOptions {
  readonly database: Knex
  /** The same name after a restart: keys left running by the life before are free at once. */
  readonly nodeId: string
  readonly log: Logger
}

type Outcome =
  | { readonly result: unknown }
  | { readonly refusal: { type: string; status: number; message: string; data: Refusal['data'] } }

const keyForm = /^[\x21-\x7e]{1,128}$/
const BATCH_MAX = 200
const RENEW_MS = 5_000
const PURGE_MS = 3_600_000

/** Throws `platform.idempotency_key_required` and `platform.idempotency_key_malformed`. */
export function assertKey(key: string): void {
  if (key === '') throw platformRefusals.idempotency_key_required()
  if (!keyForm.test(key)) throw platformRefusals.idempotency_key_malformed()
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'type' in error && 'retryable' in error && typeof error.type === 'string'
}

function claimOf({ scope, key, action, params }: OnceRequest): Claim {
  const hash = createHash('sha256')
    .update(`${action}\n${canonicalJson(params)}`)
    .digest()
  return { scope, key, hash, attempt: ulid() }
}

function replay<T>(row: KeyRow): T {
  const outcome = JSON.parse(row.outcome as string) as Outcome
  if ('result' in outcome) return outcome.result as T
  const { type, status, message, data } = outcome.refusal
  throw new Refusal(type, { status, message }, data)
}

/** Keeps idempotency keys in the database; many calls at once share its round trips. */
export function createIdempotency({ database, nodeId, log }: IdempotencyOptions): Idempotency {
  const table = createKeyTable(database, nodeId)
  const claim = createBatch(table.claim, BATCH_MAX)
  const finish = createBatch(table.finish, BATCH_MAX)
  const running = new Map<string, { readonly claim: Claim; readonly sinceMs: number }>()

  const renewing = setInterval(() => {
    const olderMs = performance.now() - RENEW_MS
    const held = [...running.values()].filter(({ sinceMs }) => sinceMs < olderMs)
    table.renew(held.map((entry) => entry.claim)).catch((error: unknown) => {
      log.warn('Running idempotency keys could not be renewed', { error })
    })
  }, RENEW_MS)
  const purging = setInterval(() => {
    table.purge().catch((error: unknown) => log.warn('Old idempotency keys could not be deleted', { error }))
  }, PURGE_MS)
  renewing.unref()
  purging.unref()

  async function acquire(mine: Claim): Promise<KeyRow | undefined> {
    const row = await claim(mine)
    if (!row) throw platformRefusals.idempotency_running()
    if (row.attempt === mine.attempt) return undefined
    if (!row.hash.equals(mine.hash)) throw platformRefusals.idempotency_conflict()
    if (row.outcome !== null) return row
    if (row.isAbandoned && (await table.takeOver(mine, row.attempt))) return undefined
    throw platformRefusals.idempotency_running()
  }

  async function attempt<T>(mine: Claim, work: () => Promise<T>): Promise<T> {
    running.set(mine.attempt, { claim: mine, sinceMs: performance.now() })
    try {
      const result = await work()
      await finish({ claim: mine, outcome: JSON.stringify({ result }) })
      return result
    } catch (error) {
      if (!isRefusal(error) || error.retryable) {
        await table.release(mine)
      } else {
        const { type, code: status, message, data } = error
        await finish({ claim: mine, outcome: JSON.stringify({ refusal: { type, status, message, data } }) })
      }
      throw error
    } finally {
      running.delete(mine.attempt)
    }
  }

  return {
    async once(request, work) {
      const mine = claimOf(request)
      const earlier = await acquire(mine)
      return earlier ? replay(earlier) : attempt(mine, work)
    },
    stop() {
      clearInterval(renewing)
      clearInterval(purging)
    },
  }
}
