import type { Knex } from 'knex'

export interface FeeRow {
  readonly day: string
  readonly account: string
  readonly asset_id: string
  /** In smallest units. */
  readonly amount: string
}

interface Counted {
  readonly day: string
  readonly count: string | number
}

const day = (column: string): string => `DATE_FORMAT(${column}, '%Y-%m-%d')`

function byDay(rows: readonly Counted[]): ReadonlyMap<string, number> {
  return new Map(rows.map((row) => [row.day, Number(row.count)]))
}

export async function registrationsByDay(database: Knex, from: Date): Promise<ReadonlyMap<string, number>> {
  const rows = await database('users')
    .where('created_at', '>=', from)
    .where({ is_house: 0 })
    .select(database.raw(`${day('created_at')} AS day, COUNT(*) AS count`))
    .groupBy('day')
  return byDay(rows as Counted[])
}

export async function activeByDay(database: Knex, from: Date): Promise<ReadonlyMap<string, number>> {
  const rows = await database('activity_entries')
    .where('at', '>=', from)
    .select(database.raw(`${day('at')} AS day, COUNT(DISTINCT user_id) AS count`))
    .groupBy('day')
  return byDay(rows as Counted[])
}

/** Entries are numbered in the order of time: the first of a day is found by halving, without reading those before. */
async function firstEntrySince(database: Knex, from: Date): Promise<string> {
  const entries = () => database<{ id: string; created_at: Date }>('ledger_entries')
  const last = await entries().orderBy('id', 'desc').first('id')
  let [low, high] = [0n, BigInt(last?.id ?? 0) + 1n]
  while (low < high) {
    const middle = (low + high) / 2n
    const found = await entries().where('id', '>=', String(middle)).orderBy('id').first('created_at')
    if (found && found.created_at < from) low = middle + 1n
    else high = middle
  }
  return String(low)
}

/** What came into the fee accounts. */
export async function feesByDay(database: Knex, from: Date): Promise<readonly FeeRow[]> {
  const accounts = await database<{ id: string }>('ledger_accounts')
    .where('id', 'like', 'fees:%')
    .select('id')
  if (accounts.length === 0) return []
  const rows = await database('ledger_postings as posting')
    .join('ledger_entries as entry', 'entry.id', 'posting.entry_id')
    .whereIn(
      'posting.target',
      accounts.map(({ id }) => id),
    )
    .where('posting.entry_id', '>=', await firstEntrySince(database, from))
    .select(
      database.raw(
        `${day('entry.created_at')} AS day, posting.target AS account, posting.asset_id,
         CAST(SUM(posting.amount) AS CHAR) AS amount`,
      ),
    )
    .groupBy(['day', 'posting.target', 'posting.asset_id'])
  return rows as FeeRow[]
}
