import { decimal, id, page, pageOf, route, timestamp } from '@cambium/kernel/contract'
import { Enum, Object, type Static } from 'typebox'
import { stakingRefusals } from './refusals.ts'
import { poolId, reason } from './terms.ts'

/** Money the operator paid into a reward fund or took out of it. */
export const Funding = Object({
  id,
  poolId,
  direction: Enum(['in', 'out']),
  assetId: id,
  amount: decimal,
  reason,
  /** The operator's user id, `system` for the command line, `demo` for a demonstration. */
  actor: id,
  /** The journal entry that moved it. */
  entryId: id,
  createdAt: timestamp,
})
export type Funding = Static<typeof Funding>

export const topUpPool = route({
  action: 'staking.fundings.topUp',
  rest: 'POST /staking/pools/:poolId/top-up',
  summary: 'Pay into a pool’s reward fund',
  description: 'Pays from `external:operator`. The reason is kept with the journal entry.',
  permission: 'staking.fundings.manage',
  idempotency: 'handler',
  params: Object({ poolId, amount: decimal, reason }, { additionalProperties: false }),
  result: Funding,
  errors: [
    stakingRefusals.pool_not_found.code,
    stakingRefusals.key_used_before.code,
    'ledger.amount_must_be_positive',
    'money.amount_too_fine',
  ],
})

export const takeBackFunds = route({
  action: 'staking.fundings.takeBack',
  rest: 'POST /staking/pools/:poolId/take-back',
  summary: 'Take money that is not promised out of a reward fund',
  description: 'Pays to `external:operator`, never more than came from there.',
  permission: 'staking.fundings.manage',
  idempotency: 'handler',
  params: Object({ poolId, amount: decimal, reason }, { additionalProperties: false }),
  result: Funding,
  errors: [
    stakingRefusals.pool_not_found.code,
    stakingRefusals.exceeds_free_funds.code,
    stakingRefusals.key_used_before.code,
    'ledger.external_account_must_owe',
    'ledger.amount_must_be_positive',
    'money.amount_too_fine',
  ],
})

export const listFundings = route({
  action: 'staking.fundings.list',
  rest: 'GET /staking/pools/:poolId/fundings',
  summary: 'What was paid into a reward fund and taken out, newest first',
  permission: 'staking.pools.manage',
  params: Object({ poolId, ...page }, { additionalProperties: false }),
  result: pageOf(Funding),
  errors: [stakingRefusals.pool_not_found.code, stakingRefusals.cursor_malformed.code],
})
