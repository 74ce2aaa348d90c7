import { implement, transaction, type Implementation } from '@cambium/kernel'
import { formatAmount, parseAmount, zero, type Amount } from '@cambium/kernel/money'
import type { ParamsOf } from '@cambium/kernel/contract'
import * as routes from '../routes/pools.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { midnightAfter, roomOf, type TierRate } from '../routes/reward-rules.ts'
import { readTiers, type PoolState, type Tier } from '../routes/terms.ts'
import { fundingWallet, rewardFund } from './accounts.ts'
import { decimalOrNull } from './columns.ts'
import type { StakingParts } from './parts.ts'
import { viewPool, viewPools } from './pool-views.ts'
import { allPools, findPool, insertPool, updatePoolRow, type PoolRecord } from './pools.model.ts'
import { emptyTotals, pageOfPositions, totalsOf } from './positions.model.ts'
import { setRate } from './rates.model.ts'

const OWN_POSITIONS = 500

const nextStates: Readonly<Record<PoolState, readonly PoolState[]>> = {
  draft: ['open'],
  open: ['closed', 'ended'],
  closed: ['open', 'ended'],
  ended: [],
}

function ascendingTiers(tiers: readonly Tier[], scale: number): TierRate[] {
  const rates = readTiers(tiers, scale)
  const isAscending = rates.every(({ from }, index) => {
    const before = rates[index - 1]
    return before === undefined ? from === 0n : from > before.from
  })
  if (!isAscending) throw stakingRefusals.tiers_must_ascend()
  return rates
}

function unitsOrNull(text: string | null, scale: number): Amount | null {
  return text === null ? null : parseAmount(text, scale)
}

/** Handlers of pools: what everybody sees, and what their operator does with them. */
export function poolImplementations(parts: StakingParts): Implementation<never>[] {
  return [...reads(parts), ...writes(parts)]
}

function reads({ kernel, desk }: StakingParts): Implementation<never>[] {
  const { database, ledger } = kernel
  return [
    implement(routes.listPools, async () => {
      const pools = await allPools(database)
      return { items: await viewPools(kernel, pools.filter(isPublic)) }
    }),
    implement(routes.showPool, async ({ params: { poolId } }) => {
      const pool = await desk.require(poolId)
      if (!isPublic(pool) && pool.state !== 'ended') throw stakingRefusals.pool_not_found({ poolId })
      return viewPool(kernel, pool)
    }),
    implement(routes.showRoom, async ({ params: { poolId }, userId }) => {
      const pool = await desk.require(poolId)
      const scale = await desk.scaleOf(pool.assetId)
      const [balances, totals, mine, level] = await Promise.all([
        ledger.balances([fundingWallet(userId)]),
        totalsOf(database, [poolId]),
        pageOfPositions(database, { userId, poolId, state: 'active', limit: OWN_POSITIONS }),
        kernel.users.level(userId),
      ])
      const available = balances.find(({ assetId }) => assetId === pool.assetId)?.available ?? zero
      const staked = mine.items.reduce((sum, one) => sum + one.stake + one.pending, 0n) as Amount
      const room = roomOf([
        { cap: pool.userCap, used: staked },
        { cap: pool.poolCap, used: (totals.get(poolId) ?? emptyTotals).staked },
      ])
      return {
        available: formatAmount(available, scale),
        staked: formatAmount(staked, scale),
        room: decimalOrNull(room, scale),
        level,
        levelMin: pool.levelMin,
      }
    }),
    implement(routes.listPoolAssets, async () => {
      const assets = [...(await ledger.assets()).values()]
      return { items: assets.map(({ id, name, scale }) => ({ id, name, scale })) }
    }),
  ]
}

function isPublic({ state }: PoolRecord): boolean {
  return state === 'open' || state === 'closed'
}

function draftOf(params: ParamsOf<typeof routes.createPool>, scale: number, createdAtMs: number): PoolRecord {
  const { poolId, kind, termDays } = params
  if ((kind === 'locked') !== (termDays !== null && termDays > 0))
    throw stakingRefusals.term_must_match_kind()
  return {
    id: poolId,
    name: params.name,
    assetId: params.assetId,
    kind,
    state: 'draft',
    termDays: kind === 'locked' ? termDays : null,
    unbondingDays: params.unbondingDays,
    stakeMin: parseAmount(params.stakeMin, scale),
    userCap: unitsOrNull(params.userCap, scale),
    poolCap: unitsOrNull(params.poolCap, scale),
    levelMin: params.levelMin,
    rewardSource: params.rewardSource,
    rewardNote: params.rewardNote,
    sortOrder: params.sortOrder,
    revision: 1,
    endedAtMs: null,
    createdAtMs,
  }
}

type Change = Omit<ParamsOf<typeof routes.updatePool>, 'poolId' | 'tiers' | 'revision'>

function changed(pool: PoolRecord, change: Change, scale: number): PoolRecord {
  return {
    ...pool,
    name: change.name ?? pool.name,
    stakeMin: change.stakeMin === undefined ? pool.stakeMin : parseAmount(change.stakeMin, scale),
    userCap: change.userCap === undefined ? pool.userCap : unitsOrNull(change.userCap, scale),
    poolCap: change.poolCap === undefined ? pool.poolCap : unitsOrNull(change.poolCap, scale),
    levelMin: change.levelMin ?? pool.levelMin,
    unbondingDays: change.unbondingDays ?? pool.unbondingDays,
    rewardSource: change.rewardSource ?? pool.rewardSource,
    rewardNote: change.rewardNote ?? pool.rewardNote,
    sortOrder: change.sortOrder ?? pool.sortOrder,
    revision: pool.revision + 1,
  }
}

/** Creates a pool as a draft with an empty fund. The fund is kept as a user's account is: it never owes. */
export async function createPool(
  { kernel, desk }: StakingParts,
  params: ParamsOf<typeof routes.createPool>,
  createdAtMs: number,
): Promise<PoolRecord> {
  const { poolId } = params
  const scale = await desk.scaleOf(params.assetId)
  const pool = draftOf(params, scale, createdAtMs)
  const tiers = ascendingTiers(params.tiers, scale)
  await transaction(kernel.database, async (trx) => {
    if (await findPool(trx, poolId)) throw stakingRefusals.pool_already_exists({ poolId })
    await insertPool(trx, pool)
    await setRate(trx, poolId, { fromMs: createdAtMs, tiers })
    await kernel.ledger.openAccount(trx, rewardFund(poolId), 'user')
  })
  return pool
}

function writes(parts: StakingParts): Implementation<never>[] {
  const { kernel, desk } = parts
  return [
    implement(routes.createPool, async ({ params }) => {
      const pool = await createPool(parts, params, kernel.clock.now().getTime())
      return viewPool(kernel, pool)
    }),
    implement(routes.updatePool, async ({ params: { poolId, tiers, revision, ...change } }) => {
      const pool = await desk.inPool(poolId, async ({ trx, pool: before, nowMs }) => {
        if (revision !== undefined && before.revision !== revision)
          throw stakingRefusals.changed_meanwhile({ current: await viewPool(kernel, before) })
        const scale = await desk.scaleOf(before.assetId)
        const after = changed(before, change, scale)
        await updatePoolRow(trx, after)
        if (tiers === undefined) return after
        const isEarning = before.kind === 'flexible' && (await totalsOf(trx, [poolId])).has(poolId)
        const fromMs = isEarning ? midnightAfter(nowMs) : nowMs
        await setRate(trx, poolId, { fromMs, tiers: ascendingTiers(tiers, scale) })
        return after
      })
      return viewPool(kernel, pool)
    }),
    implement(routes.changePoolState, async ({ params: { poolId, state } }) => {
      const pool = await desk.inPool(poolId, async ({ trx, pool: before, nowMs }) => {
        if (before.state === state) return before
        if (!nextStates[before.state].includes(state)) {
          throw stakingRefusals.pool_state_must_not_change({ from: before.state, to: state })
        }
        const after = { ...before, state, endedAtMs: state === 'ended' ? nowMs : null }
        await updatePoolRow(trx, after)
        return after
      })
      return viewPool(kernel, pool)
    }),
  ]
}
