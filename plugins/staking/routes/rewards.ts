import { decimal, id, page, pageOf, route, timestamp } from '@cambium/kernel/contract'
import { Array, Boolean, Integer, Object, type Static } from 'typebox'
import { stakingRefusals } from './refusals.ts'
import { aprPpm, positionId } from './terms.ts'

/** The reward of one period of one position: a day, or the part of one before a redemption. */
export const Reward = Object({
  from: timestamp,
  to: timestamp,
  stake: decimal,
  aprPpm,
  reward: decimal,
  /** False where the pool's fund could not pay: the period earned nothing. */
  isFunded: Boolean(),
  isCompounded: Boolean(),
  paidAt: timestamp,
})
export type Reward = Static<typeof Reward>

export const listRewards = route({
  action: 'staking.rewards.list',
  rest: 'GET /staking/positions/:positionId/rewards',
  summary: 'The rewards of an own position, newest first',
  permission: 'staking.positions.read',
  scope: 'read',
  params: Object({ positionId, ...page }, { additionalProperties: false }),
  result: pageOf(Reward),
  errors: [stakingRefusals.position_not_found.code, stakingRefusals.cursor_malformed.code],
})

/** What a user has in staking, an asset a row. */
export const StakedAsset = Object({
  assetId: id,
  staked: decimal,
  unbonding: decimal,
  /** All rewards ever paid. */
  rewards: decimal,
  /** Paid for the last full day. */
  rewardsYesterday: decimal,
  positions: Integer(),
  /** The highest rate that an open pool of the asset offers. */
  aprPpmMax: aprPpm,
  openPools: Integer(),
})
export type StakedAsset = Static<typeof StakedAsset>

export const listStakedAssets = route({
  action: 'staking.rewards.listAssets',
  rest: 'GET /staking/summary',
  summary: 'What the caller has in staking, and what could be staked, asset by asset',
  permission: 'staking.positions.read',
  scope: 'read',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(StakedAsset) }),
  errors: [],
})
