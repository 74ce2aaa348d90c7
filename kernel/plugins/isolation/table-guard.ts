import type { Knex } from 'knex'
import { selectRows } from '../../database/index.ts'
import type { PluginManifest } from '../manifest.ts'
import { pluginsRefusals } from '../refusals.ts'
import { tablePrefix } from '../migration-tables.ts'

const KNOWN_MAX = 2_000
const systemSchemas: ReadonlySet<string> = new Set(['mysql', 'performance_schema', 'sys'])
const writing = /^[\s(]*(insert|update|delete|replace)\b/i

/** The tables there are, the same object for all guards of a database: whoever makes tables has it read again. */
interface Tables {
  names: ReadonlySet<string>
}

const tablesOf = new WeakMap<Knex, Tables>()

/** What stands where a table is named, `database.table` as one; the rest of a list comes with it. */
const named =
  /\b(?:from|join|into|(?<!\bkey\s+)update|table)\s+\(?\s*((?:[`\w.]+(?:\s+(?:as\s+)?[`\w]+)?\s*,\s*)*[`\w.]+)/gi

/**
 * Looks at where a statement names tables: none may be neither the plugin's nor granted. A guard against mistakes; who
 * means harm is held by an account of the database, where there is one.
 */
export async function tableGuard(
  database: Knex,
  { id, grants }: PluginManifest,
): Promise<(sql: string) => void> {
  const prefix = tablePrefix(id)
  const readable: ReadonlySet<string> = new Set(grants?.tables)
  const tables = await readTables(database)
  let checkedAgainst = tables.names
  const known = new Set<string>()
  const refuse = (table: string): never => {
    throw pluginsRefusals.grant_missing({ pluginId: id, grant: `tables: ${table}` })
  }
  return (sql) => {
    if (checkedAgainst !== tables.names || known.size >= KNOWN_MAX) known.clear()
    checkedAgainst = tables.names
    if (known.has(sql)) return
    const isWriting = writing.test(sql)
    for (const table of tablesIn(sql)) {
      if (table.startsWith(prefix)) continue
      if (systemSchemas.has(table.split('.')[0]?.toLowerCase() ?? '')) refuse(table)
      const name = table.split('.').at(-1) ?? ''
      if (tables.names.has(name) && !(readable.has(name) && !isWriting)) refuse(name)
    }
    known.add(sql)
  }
}

export function tablesIn(sql: string): readonly string[] {
  return [...sql.matchAll(named)].flatMap(([, list = '']) =>
    list.split(',').map((entry) => entry.trim().split(/\s/)[0]?.replaceAll('`', '') ?? ''),
  )
}

async function readTables(database: Knex): Promise<Tables> {
  const rows = await selectRows<{ name: string }>(
    database,
    'SELECT table_name name FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  const tables = tablesOf.get(database) ?? { names: new Set() }
  tables.names = new Set(rows.map(({ name }) => name))
  tablesOf.set(database, tables)
  return tables
}
