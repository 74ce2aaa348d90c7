import { readFileSync } from 'node:fs'
import path from 'node:path'
import { files, occurrences, refuseAny, root, type Source, sources } from './sources.ts'

const pages = sources(/^(plugins|themes|admin-nuxt|portal-nuxt)\/.*\.vue$/)
const styles = sources(/^(plugins|themes|admin-nuxt|portal-nuxt)\/.*\.(vue|css)$/)

type Messages = { readonly [key: string]: string | Messages }

function keysOf(messages: Messages, prefix = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value, `${prefix}${key}.`),
  )
}

/** English is the complete language; a plugin sees its own keys and the host's. */
function englishKeys(folder: RegExp): Set<string> {
  const english = files.filter((file) => folder.test(file) && /\/locales\/en\.json$/.test(file))
  return new Set(
    english.flatMap((file) => keysOf(JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Messages)),
  )
}

function usedKeys({ text }: Source): string[] {
  return [...text.matchAll(/(?<![\w.])\$?t\(\s*'([^'$]+)'/g)].map((match) => match[1] ?? '')
}

describe('pages', () => {
  it('name each text by a key that English has', () => {
    const host = englishKeys(/^(themes|admin-nuxt|portal-nuxt)\//)
    const missing = pages.flatMap((page) => {
      const plugin = /^plugins\/[^/]+\//.exec(page.file)?.[0]
      const own = plugin ? englishKeys(new RegExp(`^${plugin}`)) : new Set<string>()
      const id = plugin?.split('/')[1] ?? ''
      const isKnown = (key: string) => host.has(key) || own.has(key) || own.has(key.replace(`${id}.`, ''))
      return usedKeys(page).flatMap((key) => (isKnown(key) ? [] : [`${page.file}: ${key}`]))
    })
    refuseAny(missing, 'Add the key to locales/en.json.')
  })

  it('take colours and corners from tokens', () => {
    const raw =
      /\brounded(-[a-z]+)?-\[|\b(text|bg|border|ring|fill|stroke)-\[(#|rgb|hsl|oklch)|\b(text|bg|border|ring|from|to|via)-(red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|stone)-\d|(color|background|fill|stroke)\s*:\s*(#[0-9a-fA-F]{3,8}\b|rgb|hsl|oklch)/
    refuseAny(
      occurrences(pages, raw),
      'Take one that themes can change: `rounded-lg`, `text-muted`, `bg-primary`, `var(--chart-1)`.',
    )
  })

  it('use sides that follow the reading direction', () => {
    const physical =
      /\b(margin|padding|border)-(left|right)\b\s*[:{-]|[;{\s]text-align:\s*(left|right)\b|[;{\s](left|right):\s/
    refuseAny(
      occurrences(styles, physical).filter((line) => !line.includes('lightweight-charts')),
      'Write inline-start and inline-end: not every language starts at the left.',
    )
  })
})
