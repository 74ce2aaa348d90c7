import knex, { type Knex } from 'knex'
import MysqlClient from 'knex/lib/dialects/mysql2/index.js'
import type { Statement, StatementAnswer } from '../messages.ts'

/** How statements reach the database: the kernel runs them as the plugin's own user. */
export interface StatementDesk {
  run(statement: Statement): Promise<StatementAnswer>
  begin(transaction: number, mode: string): Promise<void>
  end(transaction: number, how: 'commit' | 'rollback'): Promise<void>
}

/** What knex takes for a connection: here only the transaction that is open on it. */
interface Connection {
  transaction: number | null
  mode: string
}

interface Query {
  readonly sql: string
  readonly bindings?: readonly unknown[]
  readonly options?: { readonly rowsAsArray?: boolean; readonly nestTables?: boolean | string }
  response?: unknown
}

interface RowStream {
  write(row: unknown): void
  end(): void
}

const transactionOf = new WeakMap<object, number>()

/** The number of the transaction that knex's `trx` stands for. */
export function transactionId(value: unknown): number | undefined {
  const { client } = value as { readonly client?: object }
  return client ? transactionOf.get(client) : undefined
}

/** A knex whose every statement is a message. Nothing here could reach the database by itself. */
export function remoteDatabase(desk: StatementDesk): Knex {
  let count = 0

  /** What knex itself says to begin and end transactions is told apart: a plugin's own statement cannot. */
  async function control(connection: Connection, { sql, bindings = [], options }: Query): Promise<unknown[]> {
    if (sql.startsWith('SET TRANSACTION ')) {
      connection.mode = sql
    } else if (sql === 'BEGIN;') {
      count += 1
      await desk.begin(count, connection.mode)
      connection.transaction = count
    } else if ((sql === 'COMMIT;' || sql === 'ROLLBACK') && connection.transaction !== null) {
      const { transaction } = connection
      connection.transaction = null
      await desk.end(transaction, sql === 'ROLLBACK' ? 'rollback' : 'commit')
    } else {
      const { transaction } = connection
      const answer = await desk.run({ ...options, sql, bindings, transaction })
      return [withBuffers(answer.rows), answer.fields]
    }
    return [{ affectedRows: 0 }, []]
  }

  class RemoteClient extends MysqlClient {
    override readonly canCancelQuery = false

    override acquireConnection(): Promise<unknown> {
      return Promise.resolve({ transaction: null, mode: '' } satisfies Connection)
    }

    override releaseConnection(): Promise<void> {
      return Promise.resolve()
    }

    override async _query(on: unknown, query: object | string): Promise<Query> {
      const connection = on as Connection
      const asked: Query = typeof query === 'string' ? { sql: query } : (query as Query)
      asked.response = await control(connection, asked)
      if (connection.transaction !== null) transactionOf.set(this, connection.transaction)
      return asked
    }

    async _stream(connection: Connection, query: Query, stream: RowStream): Promise<void> {
      const { response } = (await this._query(connection, query)) as { response: [readonly unknown[]] }
      for (const row of response[0]) stream.write(row)
      stream.end()
    }
  }

  return knex({ client: RemoteClient as unknown as typeof Knex.Client })
}

/** Between threads a Buffer arrives as plain bytes; the driver's rows have Buffers. */
function withBuffers(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows
  for (const row of rows as Record<string, unknown>[]) {
    for (const [name, value] of Object.entries(row)) {
      if (value instanceof Uint8Array && !Buffer.isBuffer(value)) {
        row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      }
    }
  }
  return rows
}
