import { refusals } from '../contract/index.ts'

export const togglesRefusals = refusals('toggles', {
  toggle_not_found: { status: 404, message: 'There is no such feature toggle.' },
  user_not_found: { status: 422, message: 'One of these users does not exist.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this feature toggle since you read it.',
    retryable: true,
  },
})
