import { existsSync, readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

export interface LocaleTexts {
  readonly [key: string]: string | LocaleTexts
}

const localeFile = /^(.*\/locales\/)([a-z]{2}(?:-[A-Z]{2})?)\.json$/

/** Puts what a language does not say yet into it as English says it. */
export function fillTexts(english: LocaleTexts, own: LocaleTexts): LocaleTexts {
  const filled: Record<string, string | LocaleTexts> = { ...own }
  for (const [key, text] of Object.entries(english)) {
    const said = own[key]
    if (typeof text === 'string') filled[key] = said ?? text
    else filled[key] = fillTexts(text, typeof said === 'object' ? said : {})
  }
  return filled
}

/**
 * Locale files are filled up from the English beside them while they are built, so that a page needs only the file of
 * its own language and still shows every text.
 */
export function filledLocales(): Pick<Plugin, 'name' | 'enforce' | 'load'> {
  return {
    name: 'cambium:filled-locales',
    enforce: 'pre',
    load(id) {
      const [, folder = '', locale] = localeFile.exec(id.split('?')[0] ?? '') ?? []
      const english = `${folder}en.json`
      if (locale === undefined || locale === 'en' || !existsSync(english)) return undefined
      this.addWatchFile(english)
      const read = (file: string): LocaleTexts => JSON.parse(readFileSync(file, 'utf8')) as LocaleTexts
      return JSON.stringify(fillTexts(read(english), read(`${folder}${locale}.json`)))
    },
  }
}
