// A type, not an interface: the i18n module's own allows keys it does not know.
type Language = {
  readonly code: string
  readonly language: string
  /** As who speaks it calls it. */
  readonly name: string
  readonly dir: 'ltr' | 'rtl'
  /** In every `i18n/locales`; a later file says what an earlier one says otherwise. */
  readonly files: string[]
}

function language(code: string, name: string, dir: Language['dir'] = 'ltr'): Language {
  // What a language does not say yet is said in English.
  return { code, language: code, name, dir, files: code === 'en' ? ['en.json'] : ['en.json', `${code}.json`] }
}

/** Languages that portal, admin and the plugins of this repository speak; English is complete by definition. */
export const languages: Language[] = [
  language('en', 'English'),
  language('de', 'Deutsch'),
  language('es', 'Español'),
  language('zh-CN', '简体中文'),
  language('ar', 'العربية', 'rtl'),
]
