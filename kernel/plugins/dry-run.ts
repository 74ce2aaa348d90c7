import knex, { type Knex } from 'knex'
import MysqlClient from 'knex/lib/dialects/mysql2/index.js'
import type { Migration } from '../database/index.ts'

interface Query {
  readonly sql: string
  readonly bindings?: readonly unknown[]
  response?: unknown
}

export interface InspectedMigration {
  readonly name: string
  /** SQL it would send to a database that answers nothing, up to where it depends on an answer. */
  readonly up: readonly string[]
  readonly down: readonly string[]
}

/** SQL a migration's `up` would send. Each query is answered as empty, so what depends on rows is not foreseen. */
export async function dryRun(migration: Migration): Promise<readonly string[]> {
  const statements: string[] = []
  await migration.up(recordingDatabase(statements))
  return statements
}

/** Both directions of a migration, and what they send before one fails for want of an answer. */
export async function inspectMigration(migration: Migration): Promise<InspectedMigration> {
  const sent = async (run: Migration['up']): Promise<readonly string[]> => {
    const statements: string[] = []
    try {
      await run(recordingDatabase(statements))
    } catch {
      // It looks at rows first: what it sent until then is known.
    }
    return statements
  }
  const up = await sent((knex) => migration.up(knex))
  const down = await sent((knex) => migration.down(knex))
  return { name: migration.name, up, down }
}

/** Looking is no change, and neither is where a transaction begins and ends. */
export const changesNothing =
  /^\s*(?:select|show)\b|^(?:begin|commit|rollback|(?:release |rollback to )?savepoint trx\d+);$/i

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
      if (!changesNothing.test(sql)) statements.push(sql)
      query.response = [[], []]
      return Promise.resolve(query)
    }
  }
  return knex({ client: RecordingClient as unknown as typeof Knex.Client })
}
