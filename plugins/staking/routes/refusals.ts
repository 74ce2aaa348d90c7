import { refusals } from '@cambium/kernel/contract'

export const stakingRefusals = refusals('staking', {
  pool_not_found: { status: 404, message: 'There is no such pool.' },
  changed_meanwhile: {
    status: 409,
    message: 'Somebody else has changed this pool since you read it.',
    retryable: true,
  },
  pool_already_exists: { status: 409, message: 'A pool with this id exists already.' },
  pool_not_open: { status: 409, message: 'This pool takes no subscriptions at the moment.' },
  pool_state_must_not_change: { status: 409, message: 'The pool cannot go from its state to this one.' },
  pool_must_be_funded: {
    status: 422,
    message: 'The reward fund does not cover this.',
    retryable: true,
  },
  asset_not_found: { status: 404, message: 'There is no such asset.' },
  term_must_match_kind: {
    status: 422,
    message: 'A locked pool has a term of whole days, a flexible one has none.',
  },
  tiers_must_ascend: { status: 422, message: 'Tiers start at zero and each begins above the one before.' },
  below_minimum: { status: 422, message: 'This is less than the pool takes.' },
  exceeds_user_cap: { status: 422, message: 'This is more than one user may stake in this pool.' },
  exceeds_pool_cap: { status: 422, message: 'This is more than the pool has room for.', retryable: true },
  position_not_found: { status: 404, message: 'There is no such position.' },
  position_not_active: { status: 409, message: 'This position was redeemed already.' },
  exceeds_stake: { status: 422, message: 'This is more than the position holds.' },
  locked_must_be_redeemed_whole: { status: 422, message: 'A locked position is redeemed as a whole.' },
  renewal_needs_a_term: { status: 422, message: 'Only a locked position has a term to renew.' },
  renewal_not_offered: { status: 422, message: 'Terms cannot be renewed by themselves at the moment.' },
  exceeds_free_funds: {
    status: 422,
    message: 'Rewards that are promised already stay in the fund.',
  },
  key_used_before: { status: 409, message: 'This idempotency key was used before for something else.' },
  cursor_malformed: { status: 400, message: 'This cursor does not come from this list.' },
})
