export { createTranslations, type Translations, type TranslationsOptions } from './translations.ts'
