import { refusals } from '../contract/index.ts'

export const ledgerRefusals = refusals('ledger', {
  insufficient_funds: { status: 422, message: 'The available balance is too small.', retryable: true },
  external_account_must_owe: {
    status: 422,
    message: 'An external account cannot receive more than it ever paid.',
  },
  accounts_must_be_different: { status: 422, message: 'An account cannot pay itself.' },
  amount_must_be_positive: { status: 422, message: 'The amount must be above zero.' },
  asset_not_found: { status: 404, message: 'There is no such asset.' },
  asset_must_not_change: { status: 409, message: 'An asset keeps its name and scales for life.' },
  account_not_found: { status: 404, message: 'There is no such ledger account.' },
  account_kind_must_not_change: { status: 409, message: 'A ledger account keeps its kind for life.' },
  idempotency_conflict: {
    status: 409,
    message: 'This idempotency key was used before for something else.',
  },
  hold_not_found: { status: 404, message: 'There is no such hold.' },
  hold_already_captured: { status: 409, message: 'The hold was captured before.' },
  hold_already_released: { status: 409, message: 'The hold was released before.' },
  hold_expired: { status: 409, message: 'The hold has expired.' },
  exceeds_hold: { status: 422, message: 'This is more than the hold sets aside.' },
  hold_pays_from_its_account_only: {
    status: 422,
    message: 'A hold pays only from its own account and asset.',
  },
})
