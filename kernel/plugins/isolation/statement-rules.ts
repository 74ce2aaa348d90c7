import { pluginsRefusals } from '../refusals.ts'

/** Kinds a running plugin may send; a migration may also change tables. */
const rows = /^[\s(]*(select|insert|update|delete|replace|with)\b/i
const tables = /^\s*(create|alter|drop|rename|truncate)\b/i
/** Locks of the server are the kernel's, and so is its time. */
const functions = /\b(get_lock|release_lock|release_all_locks|sleep|benchmark|load_file)\s*\(/i
const files = /\binto\s+(outfile|dumpfile)\b/i
/** What knex itself sends for transactions within a transaction. */
const savepoints = /^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) trx\d+;?$/

const KNOWN_MAX = 2_000
const known = new Set<string>()

function refuse(pluginId: string, sql: string): never {
  throw pluginsRefusals.statement_refused({ pluginId, statement: sql.slice(0, 80) })
}

/**
 * Holds a running plugin to statements about rows, by their first word: no change of role, of session, of tables, no
 * procedure, and a comment in front is refused as well, because the server executes some. Which tables it may name is
 * decided by the database.
 */
export function assertRowStatement(pluginId: string, sql: string): void {
  if (known.has(sql)) return
  const isSavepoint = savepoints.test(sql)
  if (!isSavepoint && (!rows.test(sql) || functions.test(sql) || files.test(sql) || sql.includes('/*'))) {
    refuse(pluginId, sql)
  }
  // The texts that knex compiles are few; those of a plugin that makes up new ones are not kept for ever.
  if (known.size >= KNOWN_MAX) known.clear()
  known.add(sql)
}

/** A migration changes tables and rows. */
export function assertMigrationStatement(pluginId: string, sql: string): void {
  const isKnown = rows.test(sql) || tables.test(sql)
  if (!isKnown || functions.test(sql) || files.test(sql) || sql.includes('/*')) refuse(pluginId, sql)
}

/** Every word of the statement that could be a table of the plugin's own. */
export function ownNames(sql: string, prefix: string): readonly string[] {
  const words = sql.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  return [...new Set(words.filter((word) => word.startsWith(prefix)))]
}
