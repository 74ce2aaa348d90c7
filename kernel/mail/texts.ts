import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

type Texts = ReadonlyMap<string, string>

const directory = path.join(import.meta.dirname, 'locales')
const FALLBACK = 'en'

function flatten(messages: object, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[prefix + name, value] as [string, string]]
      : flatten(value as object, `${prefix}${name}.`),
  )
}

let known: ReadonlyMap<string, Texts> | undefined

function all(): ReadonlyMap<string, Texts> {
  known ??= new Map(
    readdirSync(directory).map((file) => {
      const messages = JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as object
      return [path.basename(file, '.json'), new Map(flatten(messages))] as const
    }),
  )
  return known
}

/** `{name}` in a text is filled from `data`. */
export function filled(text: string, data: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(data[name] ?? whole))
}

/** The words of the kernel's own letters in a language; what is not translated is said in English. */
export function letterTexts(
  language: string | null,
): (key: string, data?: Readonly<Record<string, string | number>>) => string {
  const wanted = language ?? FALLBACK
  const own = all().get(wanted) ?? all().get(wanted.split('-')[0] ?? '')
  return (key, data = {}) => filled(own?.get(key) ?? all().get(FALLBACK)?.get(key) ?? key, data)
}

/** The language the words are in: of one nobody translated, the fallback. */
export function letterLanguage(language: string | null): string {
  if (language === null) return FALLBACK
  return all().has(language) || all().has(language.split('-')[0] ?? '') ? language : FALLBACK
}
