import type { Knex } from 'knex'
import { selectRows } from '../../database/index.ts'
import { tablePrefix } from '../schema-change.ts'
import type { PluginManifest } from '../manifest.ts'
import { pluginsRefusals } from '../refusals.ts'

const KNOWN_MAX = 2_000
const systemSchemas: ReadonlySet<string> = new Set(['mysql', 'performance_schema', 'sys'])
const writing = /^[\s(]*(insert|update|delete|replace)\b/i

/**
 * Looks at a statement's words: none may be the name of a table that is neither the plugin's nor granted. A guard
 * against mistakes; who means harm is held by an account of the database, where there is one.
 */
export async function tableGuard(
  database: Knex,
  { id, grants }: PluginManifest,
): Promise<(sql: string) => void> {
  const prefix = tablePrefix(id)
  const readable: ReadonlySet<string> = new Set(grants?.tables)
  const foreign = await foreignTables(database, prefix)
  const known = new Set<string>()
  return (sql) => {
    if (known.has(sql)) return
    const isWriting = writing.test(sql)
    for (const word of sql.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []) {
      const isAllowed = readable.has(word) && !isWriting
      if ((foreign.has(word) || systemSchemas.has(word.toLowerCase())) && !isAllowed) {
        throw pluginsRefusals.grant_missing({ pluginId: id, grant: `tables: ${word}` })
      }
    }
    if (known.size >= KNOWN_MAX) known.clear()
    known.add(sql)
  }
}

async function foreignTables(database: Knex, prefix: string): Promise<ReadonlySet<string>> {
  const rows = await selectRows<{ name: string }>(
    database,
    'SELECT table_name name FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  return new Set(rows.map(({ name }) => name).filter((name) => !name.startsWith(prefix)))
}
