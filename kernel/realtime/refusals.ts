import { refusals } from '../contract/index.ts'

export const realtimeRefusals = refusals('realtime', {
  channel_not_found: { status: 404, message: 'There is no such channel now.', retryable: true },
  request_malformed: { status: 400, message: 'A subscription names a channel like spot.book:BTC-USDT.' },
  exceeds_subscriptions: { status: 429, message: 'This connection has too many subscriptions.' },
})
