import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Scanner } from '@tailwindcss/oxide'
import { defineNuxtModule } from '@nuxt/kit'

interface SourcePattern {
  readonly base: string
  readonly pattern: string
  readonly negated: boolean
}

interface ResolvedSheet {
  readonly css: string
  readonly sources: readonly SourcePattern[]
}

const importRule = /@import\s+['"]([^'"]+)['"]\s*([^;]*);/g
const sourceRule = /@source\s+(not\s+)?['"]([^'"]+)['"]\s*;/g
const importPart = /(layer|source|theme|prefix)\(([^)]*)\)/g

const packageSheets: Readonly<Record<string, string>> = {
  tailwindcss: 'tailwindcss/index.css',
  '@nuxt/ui': '@nuxt/ui/runtime/index.css',
}

/** What Tailwind makes of `@import … layer(x) theme(static)`: the same words as rules around the content. */
function wrap(content: string, conditions: string): string {
  let wrapped = content
  for (const [whole, word, value] of conditions.matchAll(importPart)) {
    wrapped = word === 'layer' ? `@layer ${value}{${wrapped}}` : `@media ${whole}{${wrapped}}`
  }
  return wrapped
}

/** One text out of a sheet and all it imports; file patterns of `@source` are taken out and returned. */
async function resolveSheet(file: string, buildFolder: string): Promise<ResolvedSheet> {
  const base = dirname(file)
  const sources: SourcePattern[] = []
  // Sources first: their patterns contain what looks like a comment.
  let css = (await readFile(file, 'utf8'))
    .replace(sourceRule, (_, negated: string | undefined, pattern: string) => {
      sources.push({ base, pattern, negated: negated !== undefined })
      return ''
    })
    .replace(/\/\*[\s\S]*?\*\//g, '')
  for (const [rule, id = '', conditions = ''] of [...css.matchAll(importRule)]) {
    const imported = await resolveSheet(locate(id, base, buildFolder), buildFolder)
    sources.push(...imported.sources)
    css = css.replace(rule, () => wrap(imported.css, conditions))
  }
  return { css, sources }
}

function locate(id: string, base: string, buildFolder: string): string {
  if (id.startsWith('#build/')) return join(buildFolder, id.slice('#build/'.length))
  if (id.startsWith('.')) return resolve(base, id)
  const known = packageSheets[id]
  if (known) return createRequire(join(base, 'from-here.js')).resolve(known)
  throw new Error(`main.css imports ${id}, and platform-files.ts does not know where that is.`)
}

function scriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\bsrc=)([^>]*)>([\s\S]*?)<\/script>/g)]
    .filter(([, attributes = '']) => !attributes.includes('application/json'))
    .map(([, , text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
}

/**
 * Writes what the kernel has to know of a built frontend to `.output/platform/`: `styles.json`, from which it compiles
 * one Tailwind sheet over host and plugins, and `csp.json` with the hashes of the scripts inside static pages.
 */
export default defineNuxtModule({
  meta: { name: 'cambium-platform-files' },
  setup(_, nuxt) {
    if (nuxt.options.dev || nuxt.options._prepare) return
    nuxt.hook('nitro:config', (config) => {
      // An app without server rendering is files only: the kernel's front door serves them, no second server runs.
      Object.assign(config, { compressPublicAssets: { gzip: true, brotli: true }, static: !nuxt.options.ssr })
      const { CAMBIUM_OUTPUT: dir } = process.env
      if (dir) config.output = { ...config.output, dir }
    })
    const mainSheet = nuxt.options.css.find((file): file is string =>
      /\/assets\/main\.css$/.test(String(file)),
    )
    nuxt.hook('nitro:init', (nitro) => {
      // After prerendering too, which is the last that changes a static app.
      nuxt.hook('close', async () => {
        const folder = join(nitro.options.output.dir, 'platform')
        await mkdir(folder, { recursive: true })
        if (mainSheet) {
          const { css, sources } = await resolveSheet(mainSheet, nuxt.options.buildDir)
          const candidates = new Scanner({ sources: [...sources] }).scan()
          const sheet = {
            entry: 'main.css',
            stylesheets: { 'main.css': { content: css, imports: {} } },
            candidates,
          }
          await writeFile(join(folder, 'styles.json'), JSON.stringify(sheet))
        }
        const page = await readFile(join(nitro.options.output.publicDir, 'index.html'), 'utf8').catch(
          () => '',
        )
        await writeFile(join(folder, 'csp.json'), JSON.stringify({ scriptHashes: scriptHashes(page) }))
      })
    })
  },
})
