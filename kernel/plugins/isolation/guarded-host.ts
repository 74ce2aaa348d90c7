import knex, { type Knex } from 'knex'
import MysqlClient from 'knex/lib/dialects/mysql2/index.js'
import { watchAlike } from '../../database/index.ts'
import type { PluginHost } from '../host.ts'
import type { PluginManifest } from '../manifest.ts'
import { tableGuard } from './table-guard.ts'

/** Connections on which the kernel itself works at the moment: its statements are its own. */
type Lent = WeakMap<object, number>

interface Pool {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
}

/**
 * The host as the inline tier has it: the same pool of connections, with a guard before it that knows the plugin's tables.
 * What the kernel writes in the plugin's transaction passes.
 */
export async function guardedHost(host: PluginHost, manifest: PluginManifest): Promise<PluginHost> {
  const check = await tableGuard(host.database, manifest)
  const lent: Lent = new WeakMap()
  return {
    ...host,
    database: guardedDatabase(host.database, check, lent),
    ledger: lending(host.ledger, lent),
    points: {
      ...host.points,
      events: lending(host.points.events, lent),
      activity: lending(host.points.activity, lent),
    },
  }
}

/** The same pool of connections; `check` throws what is wrong with a statement before it is sent. */
export function guardedDatabase(
  database: Knex,
  check: (sql: string) => void,
  lent: Lent = new WeakMap(),
): Knex {
  const pool = database.client as Pool

  class GuardedClient extends MysqlClient {
    override acquireConnection(): Promise<unknown> {
      return pool.acquireConnection()
    }

    override releaseConnection(connection: unknown): Promise<void> {
      return pool.releaseConnection(connection)
    }

    override _query(connection: unknown, query: object | string): Promise<unknown> {
      const { sql } = typeof query === 'string' ? { sql: query } : (query as { sql: string })
      if (!lent.has(connection as object)) check(sql)
      return super._query(connection, query as object)
    }
  }

  const guarded = knex({ client: GuardedClient as unknown as typeof Knex.Client })
  watchAlike(guarded, database)
  return guarded
}

type AnyFunction = (...args: unknown[]) => unknown

/** `target`, whose methods may use any table on the connection of the transaction they are given. */
function lending<T extends object>(target: T, lent: Lent): T {
  return new Proxy(target, {
    get: (_, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const trx = args.find(isTransaction)
        const call = (): unknown => (member as AnyFunction).apply(target, args)
        return trx ? lend(trx, lent, call) : call()
      }
    },
  })
}

async function lend(trx: Knex.Transaction, lent: Lent, work: () => unknown): Promise<unknown> {
  const connection = (await (trx.client as Pool).acquireConnection()) as object
  lent.set(connection, (lent.get(connection) ?? 0) + 1)
  try {
    return await work()
  } finally {
    const left = (lent.get(connection) ?? 1) - 1
    if (left === 0) lent.delete(connection)
    else lent.set(connection, left)
  }
}

function isTransaction(value: unknown): value is Knex.Transaction {
  return typeof value === 'function' && (value as { readonly isTransaction?: boolean }).isTransaction === true
}
