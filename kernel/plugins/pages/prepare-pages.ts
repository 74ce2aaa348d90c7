/**
 * `node prepare-pages.ts ROOT DATA`: builds the pages of every plugin ahead, and the style sheets of none and of each
 * alone, and tries the pages, so that the first enable is as quick as the next. What was built before from the same
 * inputs is kept. Prints a sentence for each plugin that cannot have pages.
 */
import path from 'node:path'
import { createCatalogue, type ReadPlugin } from '../catalogue.ts'
import { hostStylesFiles } from '../styles/host-styles.ts'
import { createStyleSheets } from '../styles/style-sheets.ts'
import { defaultDeadlines } from '../lifecycle-parts.ts'
import { readMessages } from '../locales.ts'
import { createPageBuilder } from './page-builder.ts'
import { createPageGate } from './page-gate.ts'
import { portalProgram as programIn } from './rehearsal.ts'

const [root = '.', dataDirectory = path.join(root, '.data')] = process.argv.slice(2)
const stylesFiles = hostStylesFiles(root)
const builder = createPageBuilder(dataDirectory)
const portalProgram = programIn(root)
const { renderMs } = defaultDeadlines
const gate = createPageGate(dataDirectory, portalProgram ? { portalProgram, renderMs } : undefined)
const styleSheets = createStyleSheets(dataDirectory)
const apps = ['portal', 'admin'] as const

async function prepare(plugin: ReadPlugin): Promise<void> {
  const pages = await builder.build(plugin)
  for (const app of apps) await styleSheets.compile(stylesFiles[app], pages[app]?.candidates ?? [])
  await gate.check({ manifest: plugin.manifest, pages, messages: await readMessages(plugin) })
}

for (const app of apps) await styleSheets.compile(stylesFiles[app], [])
for (const { id, bundled, problems } of await createCatalogue(path.join(root, 'plugins')).list()) {
  const problem = bundled
    ? await prepare(bundled).then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
    : problems.join(' ')
  if (problem) console.log(`The plugin ${id} cannot be enabled: ${problem}`)
}
builder.stop()
gate.stop()
styleSheets.stop()
