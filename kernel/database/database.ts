import knex, { type Knex } from 'knex'
import { databaseConnection } from '../setup/index.ts'
import { watchAlike } from './watched.ts'

const CONNECTIONS_MAX = 20
const ACQUIRE_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_SECONDS = 30

export interface DatabaseOptions {
  /** Ends a statement that takes longer; 0 lets it run, as migrations of large tables must. */
  readonly statementTimeoutSeconds?: number
}

/**
 * What every connection agrees on, whatever the server's defaults are. The statement limit keeps a forgotten index
 * from holding a connection for ever; only MariaDB knows it, hence the conditional comment.
 */
function sessionSettings(statementTimeoutSeconds: number): readonly string[] {
  const mode =
    'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
  return [
    `SET SESSION sql_mode = '${mode}', innodb_lock_wait_timeout = 10
     /*M! , max_statement_time = ${statementTimeoutSeconds} */`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  ]
}

interface RawConnection {
  query(sql: string, done: (error: Error | null) => void): void
}

async function prepareConnection(connection: RawConnection, settings: readonly string[]): Promise<void> {
  for (const sql of settings) {
    await new Promise<void>((resolve, reject) => {
      connection.query(sql, (error) => (error ? reject(error) : resolve()))
    })
  }
}

/**
 * A pool of connections to the database at `url`; nothing is opened before the first query. Big numbers and decimals
 * arrive as strings, times are UTC, transactions read what is committed.
 */
export function createDatabase(url: string, options: DatabaseOptions = {}): Knex {
  const settings = sessionSettings(options.statementTimeoutSeconds ?? STATEMENT_TIMEOUT_SECONDS)
  return pool({ ...databaseConnection(url), enableKeepAlive: true }, settings, CONNECTIONS_MAX)
}

/** Another account of the same database. */
export interface DatabaseAccount {
  readonly user: string
  readonly password: string
  readonly connectionsMax: number
}

/** A pool beside `database`, logged in as somebody else. */
export function createDatabaseAs(database: Knex, { user, password, connectionsMax }: DatabaseAccount): Knex {
  const { connectionSettings } = database.client as { connectionSettings: Knex.MySql2ConnectionConfig }
  const settings = sessionSettings(STATEMENT_TIMEOUT_SECONDS)
  const made = pool({ ...connectionSettings, user, password }, settings, connectionsMax)
  watchAlike(made, database)
  return made
}

function pool(connection: Knex.MySql2ConnectionConfig, settings: readonly string[], max: number): Knex {
  return knex({
    client: 'mysql2',
    connection,
    pool: {
      min: 0,
      max,
      afterCreate: (connection: RawConnection, done: (error: Error | null, connection: unknown) => void) => {
        prepareConnection(connection, settings).then(
          () => done(null, connection),
          (error: Error) => done(error, connection),
        )
      },
    },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
  })
}
