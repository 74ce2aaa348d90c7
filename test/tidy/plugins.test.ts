import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginManifest } from '../../kernel/index.ts'
import { files, refuseAny, root } from './sources.ts'

const known = [
  'plugin.ts',
  'ui.ts',
  'package.json',
  'README.md',
  'routes',
  'server',
  'migrations',
  'admin',
  'portal',
  'locales',
  'test',
  'bench',
]
const folders = globSync('plugins/*', { cwd: root }).toSorted()

async function manifestOf(folder: string): Promise<PluginManifest> {
  const module = (await import(pathToFileURL(path.join(root, folder, 'plugin.ts')).href)) as {
    plugin: PluginManifest
  }
  return module.plugin
}

for (const folder of folders) {
  const id = path.basename(folder)

  describe(`plugin ${id}`, () => {
    it('has the shape of every plugin', () => {
      const entries = new Set(
        files.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.split('/')[2] ?? ''),
      )
      const missing = ['plugin.ts', 'package.json', 'README.md', 'test'].filter(
        (entry) => !entries.has(entry),
      )
      refuseAny(
        [
          ...[...entries].filter((entry) => !known.includes(entry)),
          ...missing.map((entry) => `${entry} is missing`),
        ],
        `A plugin has only: ${known.join(', ')}.`,
      )
    })

    it('has one name everywhere', async () => {
      const { id: declared, routes, permissions } = await manifestOf(folder)
      const { name } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as {
        name: string
      }
      const owned = [
        ...(routes ?? []).map(({ action }) => action),
        ...(permissions ?? []).map((permission) => permission.id),
      ]
      const tables = files
        .filter((file) => file.startsWith(`${folder}/migrations/`))
        .flatMap((file) =>
          tablesIn(readFileSync(path.join(root, file), 'utf8')).map((table) => [file, table] as const),
        )
      const prefix = id.replaceAll('-', '_')
      refuseAny(
        [
          ...(declared === id ? [] : [`plugin.ts says ${declared}`]),
          ...(name === `@cambium/plugin-${id}` ? [] : [`package.json says ${name}`]),
          ...owned.filter((word) => !word.startsWith(`${id}.`)),
          ...tables
            .filter(([, table]) => !table.startsWith(`${prefix}_`))
            .map(([file, table]) => `${file}: ${table}`),
        ],
        `Folder, id, package, actions, permissions and tables all start with ${id}.`,
      )
    })

    it('describes itself in a few screens of data', () => {
      const lines = readFileSync(path.join(root, folder, 'plugin.ts'), 'utf8').split('\n').length
      refuseAny(
        lines > 100 ? [`plugin.ts has ${lines} lines`] : [],
        'plugin.ts is a table of contents: move code away.',
      )
    })
  })
}

function tablesIn(text: string): string[] {
  return [...text.matchAll(/(?:createTable|CREATE TABLE(?: IF NOT EXISTS)?)[(\s]+['"`]?(\w+)/g)].map(
    (match) => match[1] ?? '',
  )
}
