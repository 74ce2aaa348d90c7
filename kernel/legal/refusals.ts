import { refusals } from '../contract/index.ts'

export const legalRefusals = refusals('legal', {
  document_not_found: { status: 404, message: 'There is no such document.' },
  version_not_found: { status: 404, message: 'There is no such version of this document.' },
  not_in_force: {
    status: 409,
    message: 'Another version of this document is in force. Please read that one.',
    retryable: true,
  },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this draft since you read it.',
    retryable: true,
  },
  english_needed: {
    status: 422,
    message: 'Write it in English too: that is what other languages fall back to.',
  },
  must_follow_earlier_versions: {
    status: 422,
    message: 'A version comes into force after the versions before it, and not in the past.',
  },
})
