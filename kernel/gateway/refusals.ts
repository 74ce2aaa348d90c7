import { refusals } from '../contract/index.ts'

export const gatewayRefusals = refusals('gateway', {
  route_not_found: { status: 404, message: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, message: 'This address exists, but not for this method.' },
  body_malformed: { status: 400, message: 'The body of the request is not a JSON object.' },
  body_too_large: { status: 413, message: 'The body of the request is too large.' },
  media_type_unsupported: {
    status: 415,
    message: 'The body of the request is not of the type that this address takes.',
  },
  csrf_token_wrong: { status: 403, message: 'The header x-csrf-token does not belong to this session.' },
  rate_limited: { status: 429, message: 'Too many requests. Please slow down.', retryable: true },
  node_behind: {
    status: 503,
    message: 'This node is behind the others and takes no requests until it has caught up.',
    retryable: true,
  },
  portal_unavailable: { status: 503, message: 'The portal is still starting.', retryable: true },
})
