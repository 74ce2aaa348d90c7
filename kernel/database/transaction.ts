import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'

const ATTEMPTS_MAX = 6

/** Deadlock, lock wait timeout, and MariaDB's "record has changed since last read". */
const transientErrors: ReadonlySet<unknown> = new Set([1213, 1205, 1020])

/** True when the database rolled the transaction back for a reason that passes by itself. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && transientErrors.has(error.errno)
}

/**
 * Runs `work` in a transaction, again from its start when the database chose it as a deadlock's victim: `work` must
 * have no effect outside `trx`. Inside another transaction it is a savepoint, and the outer one is what is repeated.
 */
export async function transaction<T>(
  database: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return database.transaction(work)
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work)
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isTransient(error)) throw error
      // Jitter keeps the two parties of a deadlock from meeting again.
      await pause(Math.random() * 2 ** attempt)
    }
  }
}
