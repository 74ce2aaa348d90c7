import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pluralForms } from '../../kernel/translations/plural-form.ts'
import { textFault } from '../../kernel/translations/text-rules.ts'
import { languages } from '../../themes/base/languages.ts'
import { files, refuseAny, root } from './sources.ts'

type Messages = { readonly [key: string]: string | Messages }

function textsOf(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : textsOf(value, `${prefix}${key}.`),
  )
}

function read(file: string): Map<string, string> {
  return new Map(textsOf(JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Messages))
}

/** Shells and the plugins of this repository; what a scaffold brings is its author's. */
const english = files.filter((file) =>
  /^(themes|admin-nuxt|portal-nuxt|plugins)\/.*\/locales\/en\.json$/.test(file),
)
const others = languages.map(({ code }) => code).filter((code) => code !== 'en')

/** Every text of every language beside the English one. */
const pairs = english.flatMap((file) => {
  const texts = read(file)
  return others.map((locale) => ({
    locale,
    texts,
    own: read(file.replace('en.json', `${locale}.json`)),
    file,
  }))
})

describe('languages', () => {
  it('say every text that English says, and no other', () => {
    refuseAny(
      pairs.flatMap(({ file, locale, texts, own }) => [
        ...[...texts.keys()].filter((key) => !own.has(key)).map((key) => `${file}: ${locale} lacks ${key}`),
        ...[...own.keys()].filter((key) => !texts.has(key)).map((key) => `${file}: ${locale} has ${key}`),
      ]),
      'Say it in every language; docs/glossary.md has the words.',
    )
  })

  it('have the placeholders of the English text, and forms for each number', () => {
    refuseAny(
      pairs.flatMap(({ file, locale, texts, own }) =>
        [...own].flatMap(([key, text]) => {
          const model = texts.get(key)
          const fault = model === undefined ? undefined : textFault(locale, model, text)
          return fault ? [`${file}: ${locale} ${key}: ${fault.type} ${JSON.stringify(fault.data)}`] : []
        }),
      ),
      'Keep what stands in braces, and write a form for each number the language tells apart.',
    )
  })

  it('tell one thing from several where English does', () => {
    refuseAny(
      pairs.flatMap(({ file, locale, texts, own }) =>
        [...texts].flatMap(([key, text]) => {
          const forms = own.get(key)?.split('|').length
          const isCounted = text.includes('|') && forms !== undefined
          return isCounted && forms !== pluralForms(locale).length
            ? [`${file}: ${locale} ${key}: ${forms} forms`]
            : []
        }),
      ),
      'Write a form for each number the language tells apart, with a bar between them.',
    )
  })
})
