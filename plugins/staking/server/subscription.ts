import { add, amount as units, formatAmount, subtract, zero, type Amount } from '@cambium/kernel/money'
import { positionOpened } from '../routes/events.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { DAY_MS, midnightAfter, midnightAt, roomOf, weightOf, type TierRate } from '../routes/reward-rules.ts'
import { fundingWallet, stakingWallet } from './accounts.ts'
import { recordStakes } from './activity.ts'
import { accrueTo } from './accrual.ts'
import { termReserve } from './accrual-rules.ts'
import { dailyReward, readFund, type PoolWork } from './pool-work.ts'
import {
  activePositions,
  emptyTotals,
  insertPosition,
  savePositions,
  totalsOf,
  type PoolTotals,
  type PositionRecord,
} from './positions.model.ts'
import { ratesOfPool, tiersAt } from './rates.model.ts'

export interface StakeRequest {
  readonly userId: string
  readonly amount: Amount
  readonly isAutoCompound: boolean
  readonly isAutoRenew: boolean
  /** Names the journal entry. */
  readonly entryKey: string
}

interface Standing {
  readonly mine: readonly PositionRecord[]
  readonly totals: PoolTotals
  readonly scale: number
}

function stakedBy(positions: readonly PositionRecord[]): Amount {
  return positions.reduce((sum, { stake, pending }) => add(sum, add(stake, pending)), zero)
}

/** What the pool's own terms say to the request: state, minimum, caps. */
function checkTerms({ pool }: PoolWork, amount: Amount, { mine, totals, scale }: Standing): void {
  if (pool.state === 'draft') throw stakingRefusals.pool_not_found({ poolId: pool.id })
  if (pool.state !== 'open') throw stakingRefusals.pool_not_open({ poolId: pool.id })
  if (amount <= 0n || amount < pool.stakeMin) {
    throw stakingRefusals.below_minimum({ minimum: formatAmount(pool.stakeMin, scale) })
  }
  const own = roomOf([{ cap: pool.userCap, used: stakedBy(mine) }])
  if (own !== null && amount > own) {
    throw stakingRefusals.exceeds_user_cap({ room: formatAmount(own, scale) })
  }
  const all = roomOf([{ cap: pool.poolCap, used: totals.staked }])
  if (all !== null && amount > all) {
    throw stakingRefusals.exceeds_pool_cap({ room: formatAmount(all, scale) })
  }
}

/** A locked term is promised in full, so all of it must be in the fund; a flexible stake needs its next day. */
async function checkFund(work: PoolWork, totals: PoolTotals, fresh: { reserve: Amount; weight: bigint }) {
  const fund = await readFund(work)
  const needed =
    work.pool.kind === 'locked'
      ? add(totals.reserved, fresh.reserve)
      : dailyReward({ ...totals, weight: totals.weight + fresh.weight })
  if (fund < needed) throw stakingRefusals.pool_must_be_funded({ poolId: work.pool.id })
}

function freshPosition(
  { pool, nowMs }: PoolWork,
  request: StakeRequest,
  terms: { offset: Amount; tiers: readonly TierRate[]; reserve: Amount },
): Omit<PositionRecord, 'id'> {
  const earnsFromMs = midnightAfter(nowMs)
  const isLocked = pool.kind === 'locked'
  return {
    userId: request.userId,
    poolId: pool.id,
    assetId: pool.assetId,
    kind: pool.kind,
    state: 'active',
    stake: request.amount,
    pending: zero,
    pendingFromMs: null,
    tierOffset: terms.offset,
    tiers: isLocked ? terms.tiers : null,
    weight: weightOf({ stake: request.amount, offset: terms.offset }, terms.tiers),
    carry: 0n,
    startedAtMs: nowMs,
    earnsFromMs,
    accruedThroughMs: earnsFromMs,
    maturesAtMs: pool.termDays === null ? null : earnsFromMs + pool.termDays * DAY_MS,
    termNumber: 1,
    termRewards: zero,
    termReserve: terms.reserve,
    rewards: zero,
    isAutoCompound: request.isAutoCompound,
    isAutoRenew: isLocked && request.isAutoRenew,
    closedAtMs: null,
  }
}

/** Adds to a position that runs: what is added earns from its own midnight on. */
async function addTo(
  work: PoolWork,
  position: PositionRecord,
  request: StakeRequest,
): Promise<PositionRecord> {
  const [current = position] = await accrueTo(work, [position], midnightAt(work.nowMs))
  const earnsFromMs = midnightAfter(work.nowMs)
  const isUntouched = current.accruedThroughMs >= earnsFromMs
  const after = isUntouched
    ? { ...current, stake: add(current.stake, request.amount) }
    : { ...current, pending: add(current.pending, request.amount), pendingFromMs: earnsFromMs }
  const tiers = tiersAt(await ratesOfPool(work.trx, work.pool.id), after.accruedThroughMs)
  const weighed = {
    ...after,
    weight: weightOf({ stake: after.stake, offset: after.tierOffset }, tiers),
    isAutoCompound: request.isAutoCompound,
  }
  await savePositions(work.trx, [weighed])
  return weighed
}

/** Stakes from the funding wallet, within the pool's terms, caps and means. */
export async function stake(work: PoolWork, request: StakeRequest): Promise<PositionRecord> {
  const { kernel, trx, pool, nowMs, entries } = work
  const { userId, amount } = request
  const scale = (await kernel.ledger.assets()).get(pool.assetId)?.scale ?? 0
  const mine = await activePositions(trx, pool.id, userId)
  const totals = (await totalsOf(trx, [pool.id])).get(pool.id) ?? emptyTotals
  checkTerms(work, amount, { mine, totals, scale })

  // A flexible stake earns by the rates of the day it begins to, a locked one by those of now.
  const ratesFromMs = pool.kind === 'locked' ? nowMs : midnightAfter(nowMs)
  const tiers = tiersAt(await ratesOfPool(trx, pool.id), ratesFromMs)
  const offset = pool.kind === 'locked' ? stakedBy(mine) : zero
  const reserve =
    pool.termDays === null ? zero : termReserve({ stake: amount, offset, tiers, days: pool.termDays })
  const running = pool.kind === 'flexible' ? mine[0] : undefined
  const before = running === undefined ? 0n : running.weight
  const whole = running === undefined ? amount : units(running.stake + running.pending + amount)
  const weight = weightOf({ stake: whole, offset }, tiers) - before
  await checkFund(work, totals, { reserve, weight })

  const position =
    running === undefined
      ? await insertPosition(trx, freshPosition(work, request, { offset, tiers, reserve }))
      : await addTo(work, running, request)
  const moved = {
    source: fundingWallet(userId),
    target: stakingWallet(userId),
    assetId: pool.assetId,
    amount,
  }
  entries.push({
    key: request.entryKey,
    kind: 'staking.stake',
    postings: [moved],
    data: { positionId: position.id, poolId: pool.id },
  })
  const told = { userId, positionId: position.id, poolId: pool.id, assetId: pool.assetId }
  await kernel.events.emit(
    trx,
    positionOpened,
    { ...told, amount: formatAmount(amount, scale) },
    { key: position.id },
  )
  const about = { userId, positionId: position.id, assetId: pool.assetId, amount, key: request.entryKey }
  await recordStakes(work, [{ ...about, kind: 'staking.stake' }])
  return position
}

/** Begins the next term of a matured position where the pool takes stakes and can promise it; null when not. */
export async function renewed(work: PoolWork, position: PositionRecord): Promise<PositionRecord | null> {
  const { trx, pool } = work
  const { maturesAtMs, tierOffset: offset } = position
  if (!position.isAutoRenew || pool.state !== 'open' || pool.termDays === null || maturesAtMs === null) {
    return null
  }
  const tiers = tiersAt(await ratesOfPool(trx, pool.id), maturesAtMs)
  const reserve = termReserve({ stake: position.stake, offset, tiers, days: pool.termDays })
  const totals = (await totalsOf(trx, [pool.id])).get(pool.id) ?? emptyTotals
  const own =
    position.termReserve > position.termRewards ? subtract(position.termReserve, position.termRewards) : zero
  const needed = add(subtract(totals.reserved, own), reserve)
  if ((await readFund(work)) < needed) return null
  return {
    ...position,
    tiers,
    weight: weightOf({ stake: position.stake, offset }, tiers),
    earnsFromMs: maturesAtMs,
    accruedThroughMs: maturesAtMs,
    maturesAtMs: maturesAtMs + pool.termDays * DAY_MS,
    termNumber: position.termNumber + 1,
    termRewards: zero,
    termReserve: reserve,
  }
}
