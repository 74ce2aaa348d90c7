import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { refusalCatalogue, type Route } from '../contract/index.ts'
import { openApiDocument } from './open-api.ts'
import { problemIndex, problemPage } from './problem-pages.ts'

/** Writes `openapi.json` and a page for each problem below `directory`. */
export async function writeApiDocuments(directory: string, routes: readonly Route[]): Promise<void> {
  const problems = path.join(directory, 'problems')
  await mkdir(problems, { recursive: true })
  const byOwner = Map.groupBy(routes, ({ action }) => action.split('.')[0] as string)
  await writeFile(path.join(directory, 'openapi.json'), JSON.stringify(openApiDocument(byOwner), null, 2))
  await writeFile(path.join(problems, 'index.html'), problemIndex())
  for (const code of refusalCatalogue().keys()) {
    await writeFile(path.join(problems, `${code}.html`), problemPage(code) ?? '')
  }
}
