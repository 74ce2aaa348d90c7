import type { InspectedMigration } from './dry-run.ts'
import type { PluginManifest } from './manifest.ts'

export function tablePrefix(pluginId: string): string {
  return `${pluginId.replaceAll('-', '_')}_`
}

/** Sentences about what migrations of a plugin do beside its own tables and the rows it was granted to read. */
export function migrationProblems(
  manifest: Pick<PluginManifest, 'id' | 'grants'>,
  migrations: readonly InspectedMigration[],
): readonly string[] {
  const own = rightsOf(manifest)
  return migrations.flatMap(({ name, up, down }) => [
    ...foreignTables(up, own).map((problem) => `${name} ${problem}`),
    ...foreignTables(down, own).map((problem) => `${name}, taken back, ${problem}`),
  ])
}

/** The same of one statement that changes something; a `?` stands for each value. */
export function statementProblems(
  manifest: Pick<PluginManifest, 'id' | 'grants'>,
  statement: string,
): readonly string[] {
  return foreignTables([statement], rightsOf(manifest))
}

interface Rights {
  readonly prefix: string
  readonly readable: readonly string[]
}

function rightsOf({ id, grants }: Pick<PluginManifest, 'id' | 'grants'>): Rights {
  return { prefix: tablePrefix(id), readable: grants?.tables ?? [] }
}

/** What a statement does to which table. */
interface Touched {
  readonly table: string
  readonly isRead: boolean
}

const name = '(?:`?[\\w$]+`?\\s*\\.\\s*)?`?[\\w$]+`?'
const names = `(${name}(?:\\s*,\\s*${name})*)`

/** Statements a migration may send, each with where it names what it changes. */
const writes: readonly RegExp[] = [
  new RegExp(`^create\\s+(?:or\\s+replace\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?${names}`, 'i'),
  new RegExp(`^alter\\s+table\\s+${names}`, 'i'),
  new RegExp(`^drop\\s+table\\s+(?:if\\s+exists\\s+)?${names}`, 'i'),
  new RegExp(`^truncate\\s+(?:table\\s+)?${names}`, 'i'),
  new RegExp(`^rename\\s+table\\s+${names}\\s+to\\s+${names}$`, 'i'),
  new RegExp(`^create\\s+(?:unique\\s+|fulltext\\s+|spatial\\s+)?index\\s+\\S+\\s+on\\s+${names}`, 'i'),
  new RegExp(`^drop\\s+index\\s+\\S+\\s+on\\s+${names}`, 'i'),
  new RegExp(`^(?:insert|replace)\\s+(?:ignore\\s+)?into\\s+${names}`, 'i'),
  new RegExp(`^update\\s+${names}\\s+set\\b`, 'i'),
  new RegExp(`^delete\\s+from\\s+${names}`, 'i'),
  new RegExp(
    `^create\\s+trigger\\s+\\S+\\s+(?:before|after)\\s+(?:insert|update|delete)\\s+on\\s+${names}`,
    'i',
  ),
]

/** Further tables a statement may name, wherever they stand in it. */
const writtenInside = new RegExp(
  `\\b(?:references|rename\\s+to|rename\\s+as|with\\s+table|into|update|delete\\s+from)\\s+${names}`,
  'gi',
)
/** Up to the next clause: each part between commas begins with a table, whatever it is called afterwards. */
const readInside =
  /\b(?:from|join|like)\s+([^()]+?)(?=\s+(?:where|group|having|order|limit|on|using|join|left|right|inner|cross|natural|union|set)\b|[()]|$)/gi

/** `on update cascade` and `on duplicate key update` are no statements of their own. */
const clauses = /\bon\s+(?:update|delete)\b|\bkey\s+update\b|\bfor\s+update\b|\b(?:before|after)\s+update\b/gi

/**
 * Sentences about what a migration does beside its plugin's own tables. Statements are held to the few kinds a migration
 * needs; where a table cannot be told, the answer is no.
 */
function foreignTables(statements: readonly string[], { prefix, readable }: Rights): readonly string[] {
  const problems = statements.flatMap((statement) => {
    const touched = tablesOf(statement)
    if (!touched) return [`sends ${excerpt(statement)}, which migrations may not.`]
    return touched
      .filter(({ table, isRead }) => !table.startsWith(prefix) && !(isRead && readable.includes(table)))
      .map(({ table }) => `touches ${table}, which does not begin with ${prefix}.`)
  })
  return [...new Set(problems)]
}

function tablesOf(sql: string): readonly Touched[] | undefined {
  const statement = sql
    // What stands in quotes or in a comment names no table. An executable comment is no comment.
    .replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/g, "''")
    .replace(/\/\*(?!!|M!).*?\*\//gs, ' ')
    .replace(/(?:--\s|#).*$/gm, ' ')
    .replace(clauses, ' ')
    .trim()
    .replace(/;\s*$/, '')
  // Another statement behind the first would go unseen.
  if (/;|\/\*/.test(statement) && !/^create\s+trigger/i.test(statement)) return undefined
  const match = writes.map((write) => write.exec(statement)).find((found) => found !== null)
  if (!match) return undefined
  const written = [...match.slice(1), ...[...statement.matchAll(writtenInside)].map(([, list]) => list)]
  const read = [...statement.matchAll(readInside)].map(([, list]) => withoutAliases(list ?? ''))
  return [
    ...written.flatMap((list) => split(list)).map((table) => ({ table, isRead: false })),
    ...read.flatMap((list) => split(list)).map((table) => ({ table, isRead: true })),
  ]
}

function withoutAliases(list: string): string {
  return list
    .split(',')
    .filter((part) => !part.trim().startsWith("''"))
    .map((part) => new RegExp(`^\\s*(${name})`).exec(part)?.[1] ?? part)
    .join()
}

/** A name with a database in front keeps it, and so belongs to nobody's prefix. */
function split(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').flatMap((part) => {
    const table = part.replaceAll('`', '').replace(/\s/g, '')
    return table === '' ? [] : [table]
  })
}

function excerpt(statement: string): string {
  const line = statement.replace(/\s+/g, ' ').trim()
  return `"${line.length > 80 ? `${line.slice(0, 80)}…` : line}"`
}
