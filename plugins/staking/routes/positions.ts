import { decimal, id, page, pageOf, route, timestamp } from '@cambium/kernel/contract'
import { ledgerRefusals } from '@cambium/kernel/ledger/routes'
import { Array, Boolean, Enum, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { stakingRefusals } from './refusals.ts'
import { aprPpm, poolId, poolKind, positionId, tiers } from './terms.ts'

/** `unbonding` has left the pool and waits for its release; `closed` was paid out. */
export const positionState = Enum(['active', 'unbonding', 'closed'])

export const Redemption = Object({
  id,
  cause: Enum(['request', 'maturity', 'poolEnd']),
  penalty: decimal,
  payout: decimal,
  requestedAt: timestamp,
  releasesAt: timestamp,
  /** Null while it waits. */
  paidAt: Union([timestamp, Null()]),
})
export type Redemption = Static<typeof Redemption>

export const Position = Object({
  id: positionId,
  poolId,
  poolName: String(),
  assetId: id,
  scale: Integer(),
  kind: poolKind,
  state: positionState,
  /** What earns, or will from `earnsFrom` on. */
  stake: decimal,
  /** Added while the position ran; earns from `pendingFrom` on. */
  pending: decimal,
  pendingFrom: Union([timestamp, Null()]),
  /** Of the stake at the moment, over its tiers. */
  aprPpm,
  /** The terms fixed for a locked position's term; null follows the pool. */
  tiers: Union([tiers, Null()]),
  /** All rewards paid since it began. */
  rewards: decimal,
  /** Those of the running term: what redeeming early would cost in a locked pool. */
  termRewards: decimal,
  /** Stakes of the same owner that fill the tiers before this one. */
  tierOffset: decimal,
  isAutoCompound: Boolean(),
  isAutoRenew: Boolean(),
  termNumber: Integer(),
  startedAt: timestamp,
  earnsFrom: timestamp,
  /** Rewards are paid up to here. */
  accruedThrough: timestamp,
  maturesAt: Union([timestamp, Null()]),
  closedAt: Union([timestamp, Null()]),
  /** The last period earned nothing, because the pool's reward fund was empty. */
  isUnfunded: Boolean(),
})
export type Position = Static<typeof Position>

export const PositionDetail = Object({ position: Position, redemptions: Array(Redemption) })
export type PositionDetail = Static<typeof PositionDetail>

export const openPosition = route({
  action: 'staking.positions.open',
  rest: 'POST /staking/positions',
  summary: 'Stake in a pool',
  description:
    'Pays from the funding wallet. Rewards start at the next 00:00 UTC. In a flexible pool a second stake is added ' +
    'to the first.',
  permission: 'staking.positions.write',
  idempotency: 'handler',
  params: Object(
    { poolId, amount: decimal, isAutoCompound: Boolean(), isAutoRenew: Boolean() },
    { additionalProperties: false },
  ),
  result: Position,
  errors: [
    stakingRefusals.pool_not_found.code,
    stakingRefusals.pool_not_open.code,
    stakingRefusals.pool_must_be_funded.code,
    stakingRefusals.below_minimum.code,
    stakingRefusals.exceeds_user_cap.code,
    stakingRefusals.exceeds_pool_cap.code,
    'filters.level_too_low',
    stakingRefusals.renewal_needs_a_term.code,
    stakingRefusals.renewal_not_offered.code,
    stakingRefusals.key_used_before.code,
    ledgerRefusals.insufficient_funds.code,
    'money.amount_too_fine',
  ],
})

export const listPositions = route({
  action: 'staking.positions.list',
  rest: 'GET /staking/positions',
  summary: 'The own positions, newest first',
  permission: 'staking.positions.read',
  scope: 'read',
  params: Object(
    { state: Optional(positionState), poolId: Optional(poolId), ...page },
    { additionalProperties: false },
  ),
  result: pageOf(Position),
  errors: [stakingRefusals.cursor_malformed.code],
})

export const showPosition = route({
  action: 'staking.positions.show',
  rest: 'GET /staking/positions/:positionId',
  summary: 'One own position with its redemptions',
  permission: 'staking.positions.read',
  scope: 'read',
  params: Object({ positionId }, { additionalProperties: false }),
  result: PositionDetail,
  errors: [stakingRefusals.position_not_found.code],
})

export const updatePosition = route({
  action: 'staking.positions.update',
  rest: 'PATCH /staking/positions/:positionId',
  summary: 'Switch auto-compound or auto-renew of an own position',
  permission: 'staking.positions.write',
  params: Object(
    { positionId, isAutoCompound: Optional(Boolean()), isAutoRenew: Optional(Boolean()) },
    { additionalProperties: false },
  ),
  result: Position,
  errors: [
    stakingRefusals.position_not_found.code,
    stakingRefusals.position_not_active.code,
    stakingRefusals.renewal_needs_a_term.code,
    stakingRefusals.renewal_not_offered.code,
  ],
})

export const redeemPosition = route({
  action: 'staking.positions.redeem',
  rest: 'POST /staking/positions/:positionId/redeem',
  summary: 'Redeem an own position, or a part of a flexible one',
  description:
    'Without an amount, all of it. A flexible stake is paid its rewards up to this second. A locked one that is redeemed before it ' +
    'matures gives back the rewards of its term: the payout is the stake minus those.',
  permission: 'staking.positions.write',
  idempotency: 'handler',
  params: Object({ positionId, amount: Optional(decimal) }, { additionalProperties: false }),
  result: Object({ position: Position, redemption: Redemption }),
  errors: [
    stakingRefusals.position_not_found.code,
    stakingRefusals.position_not_active.code,
    stakingRefusals.exceeds_stake.code,
    stakingRefusals.locked_must_be_redeemed_whole.code,
    stakingRefusals.key_used_before.code,
    'money.amount_too_fine',
  ],
})
