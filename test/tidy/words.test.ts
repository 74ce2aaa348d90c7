import { readFileSync } from 'node:fs'
import path from 'node:path'
import { files, refuseAny, root, sources } from './sources.ts'

/** The words in backticks in the last column of the glossary's table: each has a better one beside it. */
function forbiddenWords(): string[] {
  const rows = readFileSync(path.join(root, 'docs/glossary.md'), 'utf8').matchAll(
    /^\|[^|]+\|[^\n]+\|([^|\n]*)\|$/gm,
  )
  return [...rows].flatMap((row) => [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
}

/** `lockBalanceRow` and `lock_balance_row` are both made of `lock`, `balance` and `row`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
}

/** Names others have to know: exported ones, files, fields of schemas, columns. */
function publicNames(text: string): string[] {
  const exported = /export (?:abstract )?(?:async )?(?:const|function|class|type|interface) (\w+)/g
  const field =
    /^\s+(\w+)\??: (?:Object|String|Enum|Array|Optional|decimal|id|timestamp|Integer|Number|Boolean)\b/gm
  const column = /\.(?:string|bigInteger|integer|decimal|specificType|boolean|datetime|json)\(['"](\w+)/g
  return [exported, field, column].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? ''),
  )
}

describe('words', () => {
  it('are those of the glossary, one for each thing', () => {
    const forbidden = forbiddenWords()
    const isForbidden = (name: string) => wordsOf(name).some((word) => forbidden.includes(word))
    const code = sources(/^(kernel|engine|plugins|migrations|themes|admin-nuxt|portal-nuxt)\/.*\.(ts|vue)$/)
    const names = code.flatMap(({ file, text }) => publicNames(text).map((name) => ({ file, name })))
    refuseAny(
      [
        ...files.filter((file) => isForbidden(path.basename(file, path.extname(file)))),
        ...names.filter(({ name }) => isForbidden(name)).map(({ file, name }) => `${file}: ${name}`),
      ],
      'docs/glossary.md has the word that everybody uses for this thing.',
    )
  })

  it('of the glossary are there to be checked', () => {
    refuseAny(forbiddenWords().length > 10 ? [] : ['docs/glossary.md'], 'The table could not be read.')
  })
})
