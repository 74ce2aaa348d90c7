import { refusals } from '@cambium/kernel/contract'

export const spotRefusals = refusals('spot', {
  market_not_found: { status: 404, message: 'There is no such market.' },
  market_already_exists: { status: 409, message: 'This market exists already.' },
  market_assets_must_be_different: { status: 422, message: 'A market needs two different assets.' },
  asset_not_found: { status: 422, message: 'The platform has no such asset.' },
  step_must_be_positive: { status: 422, message: 'The tick size and the lot size must be more than zero.' },
  step_too_fine: {
    status: 422,
    message: 'Tick size times lot size must be a whole number of the quote asset’s smallest trading units.',
  },
  lot_too_fine: {
    status: 422,
    message: 'The lot size must be a whole number of the base asset’s smallest trading units.',
  },
  market_has_open_orders: {
    status: 409,
    message: 'The tick size and the lot size can only change while the market has no open orders.',
  },
  order_not_found: { status: 404, message: 'There is no such order.' },
  cursor_malformed: { status: 400, message: 'This cursor does not come from this list.' },
})
