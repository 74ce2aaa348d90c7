import { refusals } from '../contract/index.ts'

export const settingsRefusals = refusals('settings', {
  owner_not_found: { status: 404, message: 'Nothing of this name has settings.' },
  revision_not_found: { status: 404, message: 'What these settings were then is not kept.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed these settings since you read them.',
    retryable: true,
  },
  values_invalid: { status: 422, message: 'Some of the values are not allowed.' },
})
