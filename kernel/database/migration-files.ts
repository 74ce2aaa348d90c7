import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Migration } from './migrations.ts'

const fileName = /^(\d{4}-[a-z0-9-]+)\.ts$/

/** Reads a folder of migrations, `NNNN-name.ts`, each exporting `up` and `down`. */
export async function loadMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory)
  const names = entries.flatMap((entry) => fileName.exec(entry)?.[1] ?? []).sort()
  return Promise.all(
    names.map(async (name) => {
      const url = pathToFileURL(path.join(directory, `${name}.ts`)).href
      const { up, down } = (await import(url)) as Omit<Migration, 'name'>
      return { name, up, down }
    }),
  )
}
