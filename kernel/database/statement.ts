import type { Knex } from 'knex'

/**
 * Runs a statement written by hand, for what knex cannot say or says slowly. A `?` takes a value; an array becomes
 * a list (`IN (?)`), an array of arrays becomes rows (`VALUES ?`).
 */
export async function selectRows<Row>(
  source: Knex,
  statement: string,
  bindings: readonly unknown[] = [],
): Promise<Row[]> {
  const [rows] = (await source.raw(statement, bindings as Knex.RawBinding[])) as unknown as [Row[]]
  return rows
}

/** Like `selectRows`, for a statement that changes rows; answers how many it did. */
export async function execute(
  source: Knex,
  statement: string,
  bindings: readonly unknown[] = [],
): Promise<number> {
  const [result] = (await source.raw(statement, bindings as Knex.RawBinding[])) as unknown as [
    { affectedRows: number },
  ]
  return result.affectedRows
}

/** Rows a statement inserts at most; more gain nothing and run into the server's packet limit. */
const ROWS_MAX = 1000

/** Inserts any number of rows: `INSERT INTO t (a, b) VALUES ?`. */
export async function insertRows(
  source: Knex,
  statement: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_MAX) {
    await execute(source, statement, [rows.slice(start, start + ROWS_MAX)])
  }
}

/** Text as a pattern of `LIKE` that stands for itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}
