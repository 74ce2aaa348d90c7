import knex, { type Knex } from 'knex'
import MysqlClient from 'knex/lib/dialects/mysql2/index.js'
import type { Migration } from '../database/index.ts'

interface Query {
  readonly sql: string
  readonly bindings?: readonly unknown[]
  response?: unknown
}

/** SQL a migration's `up` would send. Each query is answered as empty, so what depends on rows is not foreseen. */
export async function dryRun(migration: Migration): Promise<readonly string[]> {
  const statements: string[] = []
  const database = recordingDatabase(statements)
  await migration.up(database)
  return statements
}

function recordingDatabase(statements: string[]): Knex {
  class RecordingClient extends MysqlClient {
    override acquireConnection(): Promise<unknown> {
      return Promise.resolve({})
    }

    override releaseConnection(): Promise<void> {
      return Promise.resolve()
    }

    override _query(_: unknown, query: Query): Promise<Query> {
      const sql = this.raw(query.sql, query.bindings ?? []).toQuery()
      // Looking is no change.
      if (!/^\s*select\b/i.test(sql)) statements.push(sql)
      query.response = [[], []]
      return Promise.resolve(query)
    }
  }
  return knex({ client: RecordingClient as unknown as typeof Knex.Client })
}

const created = /^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?`?(\w+)`?/i

/** Tables that the statements create. */
export function createdTables(statements: readonly string[]): readonly string[] {
  return statements.flatMap((statement) => created.exec(statement)?.[1] ?? [])
}
