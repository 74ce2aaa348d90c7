/** Order in which a text names its forms, `zero | one | two | few | many | other`, those its language has. */
const order = ['zero', 'one', 'two', 'few', 'many', 'other'] as const

// Spanish and its kin have a form for whole millions only, which no text of a page needs.
const millionsOnly = new Set(['es', 'fr', 'it', 'pt', 'ca'])

const rules = new Map<string, Intl.PluralRules>()

function rulesOf(locale: string): Intl.PluralRules {
  const known = rules.get(locale) ?? new Intl.PluralRules(locale)
  rules.set(locale, known)
  return known
}

/** The forms a text with a count has in a language. */
export function pluralForms(locale: string): readonly string[] {
  const { pluralCategories } = rulesOf(locale).resolvedOptions()
  const hasMillions = millionsOnly.has(locale.split('-')[0] ?? '')
  return order.filter((form) => pluralCategories.includes(form) && !(form === 'many' && hasMillions))
}

/** Which of a text's forms is said of `count` things. A text with fewer forms than the language is said in its last. */
export function pluralForm(locale: string, count: number, forms: number): number {
  const place = pluralForms(locale).indexOf(rulesOf(locale).select(count))
  return Math.min(place < 0 ? forms - 1 : place, forms - 1)
}
