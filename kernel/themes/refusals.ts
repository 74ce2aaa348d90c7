import { refusals } from '../contract/index.ts'

export const themesRefusals = refusals('themes', {
  theme_not_found: { status: 404, message: 'There is no theme of this name.' },
  revision_not_found: { status: 404, message: 'The theme has no revision of this number.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this theme since you read it.',
    retryable: true,
  },
  content_not_valid: { status: 422, message: 'Some of the values are not allowed.' },
  logo_not_allowed: { status: 422, message: 'The logo holds something that logos may not hold.' },
  font_not_allowed: { status: 422, message: 'A font of the theme cannot be used.' },
  contrast_too_low: {
    status: 422,
    message: 'Some colours are too close to what they lie on. People could not read them.',
  },
  nothing_to_publish: { status: 409, message: 'What is published is what the draft says.' },
  theme_in_use: { status: 409, message: 'The theme is in use. Choose another one first.' },
  theme_is_shipped: { status: 409, message: 'Themes that come with the platform cannot be removed.' },
})
