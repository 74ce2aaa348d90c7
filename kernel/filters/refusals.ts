import { refusals } from '../contract/index.ts'

export const filtersRefusals = refusals('filters', {
  filter_failed: {
    status: 503,
    message: 'A check that must be made first could not be made.',
    retryable: true,
  },
  level_too_low: { status: 422, message: 'Your account has not the level this product asks for.' },
  strategy_missing: {
    status: 503,
    message: 'Nothing on this platform answers that at the moment.',
    retryable: true,
  },
  strategy_failed: {
    status: 503,
    message: 'What answers that could not answer now.',
    retryable: true,
  },
  point_not_found: { status: 404, message: 'There is no such point.' },
  provider_not_found: { status: 422, message: 'Nothing of this name answers at this point.' },
})
