import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { addTemplate, defineNuxtModule, resolvePath } from '@nuxt/kit'
import { partDocs, stateSamples } from '../build/part-docs.ts'

function componentsIn(folder: string): { name: string; text: string }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.vue'))
    .toSorted()
    .map((file) => ({ name: basename(file, '.vue'), text: readFileSync(join(folder, file), 'utf8') }))
}

/** Gives the catalogue page what it tells: docs read from the kit's sources, samples from the demos beside them. */
export default defineNuxtModule({
  meta: { name: 'cambium-kit-catalogue' },
  async setup(_, nuxt) {
    const ui = await resolvePath('@cambium/ui')
    const kit = ui.replace(/\/ui(\/index\.ts)?$/, '/components/kit')
    const demos = join(nuxt.options.srcDir, 'catalogue')
    addTemplate({
      filename: 'kit-catalogue.mjs',
      getContents: () => {
        const docs = componentsIn(kit).map(({ name, text }) => partDocs(name, text))
        const samples = componentsIn(demos).map(({ name, text }) => [
          name.replace(/Demo$/, ''),
          stateSamples(text),
        ])
        return [
          `export const docs = ${JSON.stringify(docs)}`,
          `export const samples = ${JSON.stringify(Object.fromEntries(samples))}`,
        ].join('\n')
      },
    })
    addTemplate({
      filename: 'kit-catalogue.d.mts',
      getContents: () =>
        [
          "import type { PartDocs } from '~~/build/part-docs.ts'",
          'export declare const docs: readonly PartDocs[]',
          'export declare const samples: Readonly<Partial<Record<string, Readonly<Partial<Record<string, string>>>>>>',
        ].join('\n'),
    })
  },
})
