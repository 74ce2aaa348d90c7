import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Knex } from 'knex'
import { pack } from 'tar-stream'

/** Exports lie here, `<pluginId>/<exportId>.tar.gz`. */
export function exportsDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'plugin-exports')
}

export function exportFile(pluginId: string, exportId: string): string {
  return `${pluginId}/${exportId}.tar.gz`
}

interface DataExport {
  readonly database: Knex
  readonly tables: readonly string[]
  readonly file: string
}

/** Writes a file `<table>.ndjson` of rows for each table into one archive, which is there whole or not at all. */
export async function writeExport({
  database,
  tables,
  file,
}: DataExport): Promise<{ readonly bytes: number }> {
  const draft = `${file}.draft`
  await mkdir(draft, { recursive: true })
  try {
    const archive = pack()
    const archived = path.join(draft, 'archive.tar.gz')
    const written = pipeline(archive, createGzip(), createWriteStream(archived))
    // Looked at here as well, because a table that cannot be read is thrown first.
    written.catch(() => undefined)
    for (const table of tables) {
      const name = `${table}.ndjson`
      const rows = path.join(draft, name)
      await writeRows(database, table, rows)
      // An archive says how long a file is before the file comes.
      const { size } = await stat(rows)
      await pipeline(createReadStream(rows), archive.entry({ name, size }))
      await rm(rows)
    }
    archive.finalize()
    await written
    await rename(archived, file)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return { bytes: (await stat(file)).size }
}

async function writeRows(database: Knex, table: string, file: string): Promise<void> {
  // A table may take longer to read than a statement may take otherwise; only MariaDB knows the limit.
  const rows = database
    .raw('/*M! SET STATEMENT max_statement_time = 0 FOR */ SELECT * FROM ??', [table])
    .stream()
  const lines = new Transform({
    writableObjectMode: true,
    transform: (row: Record<string, unknown>, _, done) => done(null, `${JSON.stringify(plain(row))}\n`),
  })
  await pipeline(rows, lines, createWriteStream(file))
}

/** Bytes as base64; everything else of a row is JSON already. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).map(([column, value]) => [
    column,
    Buffer.isBuffer(value) ? value.toString('base64') : value,
  ])
  return Object.fromEntries(entries) as Record<string, unknown>
}
