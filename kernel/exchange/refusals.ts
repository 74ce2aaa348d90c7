import type { Reason } from '@cambium/engine'
import { refusals, type RefusalDeclaration, type RefusalFactory } from '../contract/index.ts'

/** What the engine refuses, under its own names. It remembers that for the key, so none of them is retryable. */
const rejections = {
  insufficient_funds: { status: 422, message: 'The available trading balance is too small.' },
  market_not_found: { status: 404, message: 'There is no such market.' },
  market_halted: { status: 422, message: 'Trading in this market is halted.' },
  market_cancel_only: { status: 422, message: 'This market takes no new orders; open ones can be canceled.' },
  market_pre_open: {
    status: 422,
    message: 'This market opens with an auction and takes only orders that wait for it.',
  },
  market_must_match: { status: 409, message: 'A market keeps its assets, tick size and lot size for life.' },
  market_sizes_must_be_positive: { status: 422, message: 'Tick size and lot size must be above zero.' },
  scale_must_match: { status: 409, message: 'The engine counts this asset with other decimals.' },
  scale_too_small: { status: 422, message: 'Tick times lot is finer than the quote asset’s trading unit.' },
  assets_must_be_different: { status: 422, message: 'A market needs two different assets.' },
  asset_not_found: { status: 404, message: 'There is no such asset.' },
  accounts_must_be_different: { status: 422, message: 'An account cannot pay itself.' },
  price_off_tick: { status: 422, message: 'The price is not a multiple of the tick size.' },
  price_out_of_range: { status: 422, message: 'The price is out of range.' },
  price_below_min: { status: 422, message: 'The price is below the market’s minimum.' },
  price_above_max: { status: 422, message: 'The price is above the market’s maximum.' },
  price_out_of_band: { status: 422, message: 'The price is too far from the last trade.' },
  trigger_price_off_tick: { status: 422, message: 'The trigger price is not a multiple of the tick size.' },
  trigger_price_out_of_range: { status: 422, message: 'The trigger price is out of range.' },
  trailing_out_of_range: { status: 422, message: 'The market does not allow this trailing distance.' },
  would_trigger: { status: 422, message: 'The order would be triggered at once.' },
  no_reference_price: {
    status: 422,
    message: 'Nothing has been traded yet, so this order cannot be priced.',
  },
  quantity_off_lot: { status: 422, message: 'The quantity is not a multiple of the lot size.' },
  quantity_out_of_range: { status: 422, message: 'The quantity is out of range.' },
  quantity_below_min: { status: 422, message: 'The quantity is below the market’s minimum.' },
  quantity_above_max: { status: 422, message: 'The quantity is above the market’s maximum.' },
  quantity_below_filled: { status: 422, message: 'The new quantity must be above what is filled already.' },
  display_off_lot: { status: 422, message: 'The shown quantity is not a multiple of the lot size.' },
  display_out_of_range: {
    status: 422,
    message: 'The shown quantity must be above zero and not above the quantity.',
  },
  iceberg_must_be_gtc: { status: 422, message: 'An order that shows a part of itself must rest.' },
  iceberg_parts_above_max: { status: 422, message: 'The order would be shown in too many parts.' },
  amount_off_scale: { status: 422, message: 'The amount is finer than the asset’s trading unit.' },
  amount_must_be_positive: { status: 422, message: 'The amount must be above zero.' },
  notional_below_min: { status: 422, message: 'Price times quantity is below the market’s minimum.' },
  notional_above_max: { status: 422, message: 'Price times quantity is above the market’s maximum.' },
  orders_above_max: { status: 422, message: 'You have as many open orders as this market allows.' },
  trigger_orders_above_max: {
    status: 422,
    message: 'You have as many waiting orders as this market allows.',
  },
  iceberg_orders_above_max: {
    status: 422,
    message: 'You have as many partly shown orders as this market allows.',
  },
  position_above_max: { status: 422, message: 'You would hold more than this market allows.' },
  expiry_in_past: { status: 422, message: 'The order would have expired already.' },
  self_trade_prevention_not_allowed: {
    status: 422,
    message: 'The market does not allow this self-trade prevention.',
  },
  would_match: { status: 422, message: 'A post-only order must not match at once.' },
  post_only_must_be_gtc: { status: 422, message: 'A post-only order must be good till canceled.' },
  duplicate_id: { status: 409, message: 'An open order has this client order id.' },
  order_not_found: { status: 404, message: 'There is no such open order.' },
  order_not_amendable: { status: 422, message: 'Only an order on the book, and in no list, can be amended.' },
  list_not_found: { status: 404, message: 'There is no such open order list.' },
  list_must_fit_kind: { status: 422, message: 'These orders do not make such a list.' },
  list_prices_must_surround_last: {
    status: 422,
    message: 'The last price must lie between the prices of the list.',
  },
  overflow: { status: 422, message: 'The amount is larger than the engine can count.' },
  engine_full: { status: 503, message: 'The engine has no room for more.' },
  idempotency_conflict: { status: 409, message: 'This idempotency key was used before for something else.' },
} satisfies Record<Reason, RefusalDeclaration>

export const exchangeRefusals = refusals('exchange', {
  ...rejections,
  engine_unavailable: {
    status: 503,
    message:
      'The trading engine does not answer. What became of the request is found out by repeating its key.',
    retryable: true,
  },
  malformed_command: { status: 400, message: 'The engine does not understand this.' },
  wallets_must_be_different: { status: 422, message: 'A transfer needs two different wallets.' },
  settlement_is_behind: {
    status: 503,
    message: 'The ledger has not settled everything yet.',
    retryable: true,
  },
  follower_is_behind: {
    status: 503,
    message: 'Your last order is not to be seen here yet.',
    retryable: true,
  },
  market_already_reserved: {
    status: 409,
    message: 'Somebody else has reserved this market.',
    retryable: true,
  },
  reservation_not_found: { status: 404, message: 'This reservation has ended.' },
  house_account_not_found: { status: 404, message: 'There is no such house account.' },
})

/** The refusal that tells a caller why the engine said no. */
export function rejectionRefusal(reason: Reason): RefusalFactory {
  return exchangeRefusals[reason]
}
