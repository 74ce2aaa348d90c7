import { decimal, id, page, pageOf, route, timestamp } from '@cambium/kernel/contract'
import { Array, Boolean, Integer, Object, Optional, type Static } from 'typebox'
import { Pool } from './pools.ts'
import { Position, positionState } from './positions.ts'
import { stakingRefusals } from './refusals.ts'
import { poolId } from './terms.ts'

/** A pool as its operator sees it. */
export const ReviewedPool = Object({
  pool: Pool,
  /** In the reward account. */
  fund: decimal,
  /** Promised to running terms, or to the running day of a flexible pool. */
  committed: decimal,
  /** What may be taken back. */
  free: decimal,
  /** Paid in a day at today's stakes. */
  dailyReward: decimal,
  rewardsPaid: decimal,
  unbonding: decimal,
  /** The last day that was accrued could not be paid. */
  isStopped: Boolean(),
  /** The fund lasts less long than the operator wants to be warned of. */
  isRunningLow: Boolean(),
  createdAt: timestamp,
})
export type ReviewedPool = Static<typeof ReviewedPool>

export const reviewPools = route({
  action: 'staking.pools.review',
  rest: 'GET /staking/review/pools',
  summary: 'All pools with their reward funds',
  permission: 'staking.pools.manage',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(ReviewedPool) }),
  errors: [],
})

export const reviewPool = route({
  action: 'staking.pools.reviewOne',
  rest: 'GET /staking/review/pools/:poolId',
  summary: 'One pool with its reward fund',
  permission: 'staking.pools.manage',
  params: Object({ poolId }, { additionalProperties: false }),
  result: ReviewedPool,
  errors: [stakingRefusals.pool_not_found.code],
})

export const ReviewedPosition = Object({ userId: id, position: Position })
export type ReviewedPosition = Static<typeof ReviewedPosition>

export const reviewPositions = route({
  action: 'staking.positions.review',
  rest: 'GET /staking/review/positions',
  summary: 'Positions of all users, newest first',
  permission: 'staking.positions.review',
  params: Object(
    { poolId: Optional(poolId), userId: Optional(id), state: Optional(positionState), ...page },
    { additionalProperties: false },
  ),
  result: pageOf(ReviewedPosition),
  errors: [stakingRefusals.cursor_malformed.code],
})

/** One accrued day of one pool. */
export const StakingDay = Object({
  day: timestamp,
  staked: decimal,
  subscribers: Integer(),
  rewards: decimal,
  isFunded: Boolean(),
})
export type StakingDay = Static<typeof StakingDay>

export const listStakingDays = route({
  action: 'staking.pools.listDays',
  rest: 'GET /staking/review/pools/:poolId/days',
  summary: 'What was staked and paid on each of the last days, oldest first',
  permission: 'staking.pools.manage',
  params: Object(
    { poolId, limit: Optional(Integer({ minimum: 1, maximum: 366 })) },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(StakingDay) }),
  errors: [stakingRefusals.pool_not_found.code],
})
