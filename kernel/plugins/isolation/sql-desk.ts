import type { Knex } from 'knex'
import { CONNECTIONS_MAX } from './database-user.ts'
import { pluginsRefusals } from '../refusals.ts'
import type { Statement, StatementAnswer } from './messages.ts'
import { assertRowStatement } from './statement-rules.ts'

/** After this long an open transaction is rolled back: it holds locks. */
const TRANSACTION_MS = 30_000
/** One that has posted holds the lock of the journal, which everybody waits for. */
const POSTED_MS = 5_000
/** Statements and transactions at once: as many as a plugin's pool has connections. */
const SLOTS = CONNECTIONS_MAX

export interface SqlDeskOptions {
  readonly pluginId: string
  readonly pool: Knex
  /** Lends a connection the kernel's rights; undefined where the pool has them anyhow. */
  readonly lend: string | undefined
  /** Looks at each statement where the database does not hold the plugin to its tables. */
  readonly check?: (sql: string) => void
  /** Which kinds of statements it takes; those about rows unless said. */
  readonly rule?: (pluginId: string, sql: string) => void
}

interface Open {
  readonly trx: Knex.Transaction
  readonly connection: unknown
  /** One after the other: a statement of the plugin's never runs while the kernel's rights are lent. */
  last: Promise<unknown>
  deadline: NodeJS.Timeout
  hasPosted: boolean
}

/** The parts of a knex client that run one statement and nothing else. */
interface RawClient {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
  _query(
    connection: unknown,
    query: object,
  ): Promise<{ readonly response: [unknown, readonly { name: string }[]] }>
}

/** Runs the statements of one runner. What it had open is rolled back when the runner is gone. */
export class SqlDesk {
  readonly #options: SqlDeskOptions
  readonly #open = new Map<number, Open>()
  readonly #queue: PromiseWithResolvers<void>[] = []
  #used = 0
  #lastId = 0
  #isClosed = false

  constructor(options: SqlDeskOptions) {
    this.#options = options
  }

  async run(statement: Statement): Promise<StatementAnswer> {
    const { pluginId, pool, check, rule = assertRowStatement } = this.#options
    rule(pluginId, statement.sql)
    check?.(statement.sql)
    if (statement.transaction !== null) {
      const open = this.#require(statement.transaction)
      return this.#inTurn(open, () => query(open.trx, open.connection, statement))
    }
    await this.#take()
    const client = pool.client as RawClient
    try {
      const connection = await client.acquireConnection()
      try {
        return await query(pool, connection, statement)
      } finally {
        await client.releaseConnection(connection)
      }
    } finally {
      this.#giveBack()
    }
  }

  async begin(id: number, mode: string): Promise<void> {
    // A number that comes twice would leave the first transaction to nobody.
    if (!(id > this.#lastId)) throw pluginsRefusals.transaction_over()
    this.#lastId = id
    const isolationLevel = /ISOLATION LEVEL ([a-z ]+?)(?: READ ONLY)?;/.exec(mode)?.[1]
    await this.#take()
    const settings = {
      ...(isolationLevel ? { isolationLevel: isolationLevel as Knex.IsolationLevels } : {}),
      readOnly: mode.includes('READ ONLY'),
    }
    const trx = await this.#options.pool.transaction(settings).catch((error: unknown) => {
      this.#giveBack()
      throw error
    })
    trx.executionPromise.catch(() => undefined)
    const connection = await (trx.client as RawClient).acquireConnection()
    const open = {
      trx,
      connection,
      last: Promise.resolve(),
      deadline: this.#limit(id, TRANSACTION_MS),
      hasPosted: false,
    }
    this.#open.set(id, open)
    if (this.#isClosed) await this.end(id, 'rollback')
  }

  async end(id: number, how: 'commit' | 'rollback'): Promise<void> {
    const open = this.#require(id)
    clearTimeout(open.deadline)
    this.#open.delete(id)
    try {
      await this.#inTurn(open, async () => {
        await (how === 'commit' ? open.trx.commit() : open.trx.rollback())
      })
    } finally {
      this.#giveBack()
    }
  }

  /** Knex's own transaction for a runner's number, for the parts of the kernel that take one. */
  transaction(id: number): Knex.Transaction {
    return this.#require(id).trx
  }

  /** Runs `work` in the transaction with the kernel's rights, and nothing of the plugin's meanwhile. */
  async lent<T>(trx: unknown, work: () => Promise<T>): Promise<T> {
    const [id, open] = [...this.#open].find(([, entry]) => entry.trx === trx) ?? []
    if (id === undefined || !open) throw pluginsRefusals.transaction_over()
    if (!open.hasPosted) {
      // Counted from the first posting: who posts again and again would keep the lock for ever.
      open.hasPosted = true
      clearTimeout(open.deadline)
      open.deadline = this.#limit(id, POSTED_MS)
    }
    const { lend } = this.#options
    return this.#inTurn(open, async () => {
      if (lend === undefined) return work()
      await open.trx.raw(lend)
      try {
        return await work()
      } finally {
        // Where this fails the connection is lost, and with it the transaction and the rights.
        await open.trx.raw('SET ROLE NONE').catch((error: unknown) => {
          ;(open.connection as { destroy?(): void }).destroy?.()
          throw error
        })
      }
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const waiting of this.#queue.splice(0)) waiting.reject(pluginsRefusals.transaction_over())
    await Promise.allSettled([...this.#open.keys()].map((id) => this.end(id, 'rollback')))
  }

  /** Whoever is more than the pool has connections waits here, from where it can be sent away. */
  async #take(): Promise<void> {
    if (this.#isClosed) throw pluginsRefusals.transaction_over()
    if (this.#used < SLOTS) {
      this.#used += 1
      return
    }
    const waiting = Promise.withResolvers<void>()
    this.#queue.push(waiting)
    await waiting.promise
  }

  #giveBack(): void {
    const next = this.#queue.shift()
    if (next) next.resolve()
    else this.#used -= 1
  }

  #require(id: number): Open {
    const open = this.#open.get(id)
    if (!open) throw pluginsRefusals.transaction_over()
    return open
  }

  #limit(id: number, ms: number): NodeJS.Timeout {
    const deadline = setTimeout(() => {
      const open = this.#open.get(id)
      if (!open) return
      // Whatever statement is under way would hold up the rollback.
      const { threadId } = open.connection as { readonly threadId?: number }
      this.#options.pool.raw(`KILL QUERY ${Number(threadId)}`).catch(() => undefined)
      this.end(id, 'rollback').catch(() => undefined)
    }, ms)
    return deadline.unref()
  }

  #inTurn<T>(open: Open, work: () => Promise<T>): Promise<T> {
    const turn = open.last.then(work, work)
    open.last = turn.catch(() => undefined)
    return turn
  }
}

async function query(
  source: Knex,
  connection: unknown,
  { sql, bindings, rowsAsArray, nestTables }: Statement,
): Promise<StatementAnswer> {
  const options = {
    ...(rowsAsArray === undefined ? {} : { rowsAsArray }),
    ...(nestTables === undefined ? {} : { nestTables }),
  }
  const client = source.client as RawClient
  const { response } = await client._query(connection, { sql, bindings, options })
  const [rows, fields] = response
  return {
    rows: Array.isArray(rows) ? rows : { ...(rows as object) },
    fields: (fields ?? []).map(({ name }) => ({ name })),
  }
}
