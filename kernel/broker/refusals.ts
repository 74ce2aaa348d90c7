import { refusals } from '../contract/index.ts'

export const platformRefusals = refusals('platform', {
  sign_in_required: { status: 401, message: 'Please sign in first.' },
  permission_missing: { status: 403, message: 'Your account may not do this.' },
  scope_missing: { status: 403, message: 'This API key may not do this.' },
  bug: { status: 500, message: 'Something went wrong on our side. It has been noted.' },
  unavailable: { status: 503, message: 'This part of the platform is not running.', retryable: true },
  idempotency_key_required: { status: 400, message: 'This request needs an Idempotency-Key header.' },
  idempotency_key_malformed: {
    status: 400,
    message: 'An Idempotency-Key has 1 to 128 printable characters without spaces.',
  },
  idempotency_conflict: { status: 409, message: 'This Idempotency-Key was used for another request.' },
  idempotency_running: {
    status: 409,
    message: 'The first request with this Idempotency-Key is still running.',
    retryable: true,
  },
})
