import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Object,
  Optional,
  Record,
  String,
  Union,
  type Static,
} from 'typebox'
import { page, pageOf, route, timestamp } from '../contract/index.ts'
import { translationsRefusals } from './refusals.ts'

export { translationsRefusals } from './refusals.ts'

const closed = { additionalProperties: false }
const manage = 'translations.texts.manage'
const locale = String({ pattern: '^[a-z]{2}(-[A-Z]{2})?$' })
const owner = String({ maxLength: 64, description: '`base`, `portal`, `admin` or the id of a plugin.' })
const key = String({ minLength: 1, maxLength: 160 })
const text = String({ maxLength: 8_000 })
const revision = Integer({ minimum: 0 })

const localeNotFound = translationsRefusals.locale_not_found.code
const textNotFound = translationsRefusals.text_not_found.code
const textRules = [
  translationsRefusals.text_is_empty.code,
  translationsRefusals.syntax_not_valid.code,
  translationsRefusals.placeholders_must_match.code,
  translationsRefusals.plural_forms_must_match.code,
  translationsRefusals.html_not_allowed.code,
]

const TextsByOwner = Record(owner, Record(key, text))

/** What is said in place of what was shipped, as every page of the language needs it. */
export const Overrides = Object({ locale, overrides: TextsByOwner })
export type Overrides = Static<typeof Overrides>

export const showOverrides = route({
  action: 'translations.overrides.show',
  rest: 'GET /translations/overrides/:locale',
  summary: 'What operators say in place of the shipped texts of a language',
  permission: 'public',
  params: Object({ locale }, closed),
  result: Overrides,
  errors: [localeNotFound],
})

export const LocaleSummary = Object({
  locale,
  texts: Integer(),
  /** Shown in English, because nobody has said them in this language. */
  missing: Integer(),
  edited: Integer(),
  /** Edited for an English text that says something else now. */
  outdated: Integer(),
})
export type LocaleSummary = Static<typeof LocaleSummary>

export const listLocales = route({
  action: 'translations.locales.list',
  rest: 'GET /translations/locales',
  summary: 'The languages of the platform, and whose texts there are',
  permission: manage,
  params: Object({}, closed),
  result: Object({
    items: Array(LocaleSummary),
    owners: Array(Object({ id: owner, name: String() })),
  }),
  errors: [],
})

export const Text = Object({
  owner,
  key,
  english: String(),
  /** As it was shipped in this language; null where it was not. */
  shipped: Union([String(), Null()]),
  /** An operator's wording, which is what people see. */
  text: Union([String(), Null()]),
  /** Of the newest wording; 0 while nobody has edited it. */
  revision: Integer(),
  isOutdated: Boolean(),
  changedBy: Union([String(), Null()]),
  changedAt: Union([timestamp, Null()]),
  /** Names of the forms the language needs, where the text counts something. */
  forms: Array(String()),
})
export type Text = Static<typeof Text>

export const listTexts = route({
  action: 'translations.texts.list',
  rest: 'GET /translations/texts',
  summary: 'Texts of a language beside the English ones, in the order of the files',
  permission: manage,
  params: Object(
    {
      locale,
      owner: Optional(owner),
      state: Optional(Enum(['missing', 'edited', 'outdated'])),
      search: Optional(String({ maxLength: 200 })),
      ...page,
    },
    closed,
  ),
  result: pageOf(Text),
  errors: [localeNotFound],
})

export const saveText = route({
  action: 'translations.texts.save',
  rest: 'PUT /translations/texts',
  summary: 'Say a text otherwise, or with null as it was shipped; open pages change at once',
  permission: manage,
  params: Object({ locale, owner, key, text: Union([text, Null()]), revision }, closed),
  result: Text,
  errors: [localeNotFound, textNotFound, translationsRefusals.changed_meanwhile.code, ...textRules],
})

export const Wording = Object({
  revision: Integer(),
  text: Union([String(), Null()]),
  changedBy: String(),
  changedAt: timestamp,
})
export type Wording = Static<typeof Wording>

export const listWordings = route({
  action: 'translations.texts.history',
  rest: 'GET /translations/history',
  summary: 'Every wording of a text with who wrote it, newest first',
  permission: manage,
  params: Object({ locale, owner, key }, closed),
  result: Object({ items: Array(Wording) }),
  errors: [localeNotFound],
})

export const exportTexts = route({
  action: 'translations.texts.export',
  rest: 'GET /translations/export/:locale',
  summary: 'All texts of a language as they are seen now; those nobody has said are empty',
  permission: manage,
  params: Object({ locale }, closed),
  result: Object({ locale, texts: TextsByOwner }),
  errors: [localeNotFound],
})

export const importTexts = route({
  action: 'translations.texts.import',
  rest: 'POST /translations/import/:locale',
  summary: 'Save many texts at once; what breaks a rule is left out and named',
  permission: manage,
  params: Object({ locale, texts: TextsByOwner }, closed),
  result: Object({
    saved: Integer(),
    unchanged: Integer(),
    refused: Array(Object({ owner: String(), key: String(), code: String() })),
  }),
  errors: [localeNotFound],
})
