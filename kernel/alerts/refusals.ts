import { refusals } from '../contract/index.ts'

export const alertsRefusals = refusals('alerts', {
  rule_not_found: { status: 404, message: 'There is no such rule.' },
  rule_invalid: { status: 422, message: 'This rule cannot be used.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this since you read it.',
    retryable: true,
  },
  silence_not_found: { status: 404, message: 'There is no such silence.' },
  silence_must_end_later: { status: 422, message: 'A silence ends in the future, within 90 days.' },
  channel_not_found: { status: 404, message: 'There is no such channel.' },
  channel_invalid: { status: 422, message: 'This channel cannot be used.' },
  channel_must_stay: { status: 422, message: 'Notices in the admin can be turned off, but not removed.' },
})
