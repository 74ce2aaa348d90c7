import { refusals } from '../contract/index.ts'

export const translationsRefusals = refusals('translations', {
  locale_not_found: { status: 404, message: 'The platform does not speak this language.' },
  text_not_found: { status: 404, message: 'There is no text of this name.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this text since you read it.',
    retryable: true,
  },
  text_is_empty: { status: 422, message: 'Write a text, or go back to the one that was shipped.' },
  syntax_not_valid: { status: 422, message: 'The text has a brace or a sign that does not belong there.' },
  placeholders_must_match: {
    status: 422,
    message: 'The text must have the same placeholders as the English one.',
  },
  plural_forms_must_match: {
    status: 422,
    message: 'The text must have a form for each number the language tells apart.',
  },
  html_not_allowed: { status: 422, message: 'A text may not hold HTML.' },
})
