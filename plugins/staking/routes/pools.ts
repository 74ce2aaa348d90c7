import { decimal, id, route, timestamp } from '@cambium/kernel/contract'
import { Array, Boolean, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { stakingRefusals } from './refusals.ts'
import { poolId, poolKind, poolState, rewardSource, tiers } from './terms.ts'

const days = Integer({ minimum: 0, maximum: 3650 })
const level = Integer({ minimum: 0, maximum: 9 })
const sortOrder = Integer({ minimum: 0, maximum: 1_000_000 })

/** What everybody may know about a pool. */
export const Pool = Object({
  id: poolId,
  name: String(),
  assetId: id,
  /** Decimals of the asset's smallest unit. */
  scale: Integer(),
  kind: poolKind,
  state: poolState,
  /** Null in a flexible pool. */
  termDays: Union([days, Null()]),
  unbondingDays: days,
  stakeMin: decimal,
  userCap: Union([decimal, Null()]),
  poolCap: Union([decimal, Null()]),
  levelMin: level,
  rewardSource,
  rewardNote: String(),
  tiers,
  /** Tiers that replace these, and when; only in a flexible pool, where running stakes change with them. */
  nextTiers: Union([Object({ tiers, from: timestamp }), Null()]),
  staked: decimal,
  subscribers: Integer(),
  /** The reward fund has something to pay from. */
  isFunded: Boolean(),
  /** Whole days the fund lasts at today's stakes; null while nothing is staked. */
  runwayDays: Union([Integer(), Null()]),
  sortOrder,
  /** Counts the changes of its terms. */
  revision: Integer(),
})
export type Pool = Static<typeof Pool>

export const listPools = route({
  action: 'staking.pools.list',
  rest: 'GET /staking/pools',
  summary: 'Pools that are open or run on, in the order the operator gave them',
  permission: 'public',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(Pool) }),
  errors: [],
})

export const showPool = route({
  action: 'staking.pools.show',
  rest: 'GET /staking/pools/:poolId',
  summary: 'One pool and its terms',
  permission: 'public',
  params: Object({ poolId }, { additionalProperties: false }),
  result: Pool,
  errors: [stakingRefusals.pool_not_found.code],
})

/** How much the caller may still stake, and why not more. */
export const Room = Object({
  /** In the funding wallet. */
  available: decimal,
  /** What the caller has in this pool. */
  staked: decimal,
  /** Null without any cap. */
  room: Union([decimal, Null()]),
  level,
  levelMin: level,
})
export type Room = Static<typeof Room>

export const showRoom = route({
  action: 'staking.pools.showRoom',
  rest: 'GET /staking/pools/:poolId/room',
  summary: 'How much the caller may still stake in a pool',
  permission: 'staking.positions.read',
  scope: 'read',
  params: Object({ poolId }, { additionalProperties: false }),
  result: Room,
  errors: [stakingRefusals.pool_not_found.code],
})

const terms = {
  name: String({ minLength: 1, maxLength: 60 }),
  stakeMin: decimal,
  userCap: Union([decimal, Null()]),
  poolCap: Union([decimal, Null()]),
  levelMin: level,
  unbondingDays: days,
  rewardSource,
  rewardNote: String({ maxLength: 200 }),
  tiers,
  sortOrder,
}

export const createPool = route({
  action: 'staking.pools.create',
  rest: 'POST /staking/pools',
  summary: 'Create a pool',
  description: 'It starts as a draft, with an empty reward fund. Asset, kind and term are for life.',
  permission: 'staking.pools.manage',
  params: Object(
    { poolId, assetId: id, kind: poolKind, termDays: Union([days, Null()]), ...terms },
    { additionalProperties: false },
  ),
  result: Pool,
  errors: [
    stakingRefusals.pool_already_exists.code,
    stakingRefusals.asset_not_found.code,
    stakingRefusals.term_must_match_kind.code,
    stakingRefusals.tiers_must_ascend.code,
    'money.amount_too_fine',
  ],
})

export const updatePool = route({
  action: 'staking.pools.update',
  rest: 'PATCH /staking/pools/:poolId',
  summary: 'Change a pool’s terms',
  description:
    'What is left out stays. New tiers of a flexible pool count from the next 00:00 UTC for everybody; those of a ' +
    'locked pool at once for new terms, and never for a running one.',
  permission: 'staking.pools.manage',
  params: Object(
    {
      poolId,
      name: Optional(terms.name),
      stakeMin: Optional(terms.stakeMin),
      userCap: Optional(terms.userCap),
      poolCap: Optional(terms.poolCap),
      levelMin: Optional(terms.levelMin),
      unbondingDays: Optional(terms.unbondingDays),
      rewardSource: Optional(terms.rewardSource),
      rewardNote: Optional(terms.rewardNote),
      tiers: Optional(terms.tiers),
      sortOrder: Optional(terms.sortOrder),
      revision: Optional(Integer({ description: 'Of what was read: another one is refused.' })),
    },
    { additionalProperties: false },
  ),
  result: Pool,
  errors: [
    stakingRefusals.pool_not_found.code,
    stakingRefusals.changed_meanwhile.code,
    stakingRefusals.tiers_must_ascend.code,
    'money.amount_too_fine',
  ],
})

export const changePoolState = route({
  action: 'staking.pools.changeState',
  rest: 'POST /staking/pools/:poolId/state',
  summary: 'Open, close or end a pool',
  description:
    'A closed pool pays on and takes nobody new. Ending is final: rewards stop now and every stake is paid out ' +
    'without a penalty by the next run of the maturity job.',
  permission: 'staking.pools.manage',
  params: Object({ poolId, state: poolState }, { additionalProperties: false }),
  result: Pool,
  errors: [stakingRefusals.pool_not_found.code, stakingRefusals.pool_state_must_not_change.code],
})

export const PoolAsset = Object({ id, name: String(), scale: Integer() })
export type PoolAsset = Static<typeof PoolAsset>

export const listPoolAssets = route({
  action: 'staking.pools.listAssets',
  rest: 'GET /staking/assets',
  summary: 'Assets a pool can be created for',
  permission: 'staking.pools.manage',
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(PoolAsset) }),
  errors: [],
})
