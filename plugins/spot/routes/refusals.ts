import { refusals } from '@cambium/kernel/contract'

/** Only what the exchange cannot know; what the engine refuses keeps the exchange's names. */
export const spotRefusals = refusals('spot', {
  market_not_found: { status: 404, message: 'There is no such market.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this market since you read it.',
    retryable: true,
  },
  market_already_exists: { status: 409, message: 'This market exists already.' },
  order_not_found: { status: 404, message: 'There is no such order.' },
  cursor_malformed: { status: 400, message: 'This cursor does not come from this list.' },
  stream_request_malformed: {
    status: 400,
    message: 'Ask with lists of at most 50 markets: { "subscribe": ["BTC-USDT"] }.',
  },
})
