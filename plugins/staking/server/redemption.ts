import type { Posting } from '@cambium/kernel'
import { add, amount as units, formatAmount, type Amount } from '@cambium/kernel/money'
import { positionMatured, positionRedeemed, redemptionReleased } from '../routes/events.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { DAY_MS } from '../routes/reward-rules.ts'
import { fundingWallet, rewardFund, roundingAccount, stakingWallet } from './accounts.ts'
import { accrueTo } from './accrual.ts'
import { recordStakes } from './activity.ts'
import { withdrawFlexible, withdrawLocked, type Withdrawn } from './accrual-rules.ts'
import type { Transaction } from './columns.ts'
import type { StakingParts } from './parts.ts'
import { readFund, type PoolWork } from './pool-work.ts'
import { savePositions, type PositionRecord } from './positions.model.ts'
import { ratesOfPool, tiersAt } from './rates.model.ts'
import {
  closeReleased,
  insertRedemption,
  lockReleasable,
  markPaid,
  redemptionsOf,
  type RedemptionRecord,
} from './redemptions.model.ts'
import { renewed } from './subscription.ts'

const RELEASES = 100

/** The fraction of a unit that no reward paid: a whole unit, so that the pool and not the house makes up for it. */
async function roundingOf(work: PoolWork, { position, penalty }: Withdrawn): Promise<Posting[]> {
  const isOver = position.stake === 0n && position.pending === 0n
  if (!isOver || penalty > 0n || position.carry === 0n || (await readFund(work)) < 1n) return []
  const { id, assetId } = work.pool
  return [{ source: rewardFund(id), target: roundingAccount, assetId, amount: units(1n) }]
}

interface TakeOut {
  readonly cause: RedemptionRecord['cause']
  readonly releasesAtMs: number
}

/** Writes what was taken out of a position, and pays it at once unless it has to unbond. */
async function takeOut(
  work: PoolWork,
  withdrawn: Withdrawn,
  { cause, releasesAtMs }: TakeOut,
): Promise<{ position: PositionRecord; redemption: RedemptionRecord }> {
  const { trx, pool, nowMs, entries } = work
  const { penalty, payout } = withdrawn
  const { id: positionId, userId } = withdrawn.position
  const isPaid = releasesAtMs <= nowMs || payout === 0n
  const redemption = await insertRedemption(trx, {
    positionId,
    userId,
    poolId: pool.id,
    assetId: pool.assetId,
    cause,
    penalty,
    payout,
    requestedAtMs: nowMs,
    releasesAtMs,
    paidAtMs: isPaid ? nowMs : null,
  })
  const source = stakingWallet(userId)
  const { assetId } = pool
  const postings = [
    ...(penalty > 0n ? [{ source, target: rewardFund(pool.id), assetId, amount: penalty }] : []),
    ...(isPaid && payout > 0n ? [{ source, target: fundingWallet(userId), assetId, amount: payout }] : []),
    ...(await roundingOf(work, withdrawn)),
  ]
  if (postings.length > 0) {
    const data = { positionId, poolId: pool.id, cause }
    entries.push({ key: `staking.redeem:${redemption.id}`, kind: 'staking.redemption', postings, data })
  }
  if (payout > 0n) {
    const about = { userId, positionId, assetId, amount: payout, key: `redemption:${redemption.id}` }
    const state = isPaid ? 'done' : 'pending'
    await recordStakes(work, [{ ...about, kind: 'staking.redemption', title: `activity.${cause}`, state }])
  }
  const position = await closedOr(work, withdrawn.position)
  await savePositions(trx, [position])
  return { position, redemption }
}

/** An emptied position is closed, or unbonding while something of it waits. */
async function closedOr({ trx, nowMs }: PoolWork, position: PositionRecord): Promise<PositionRecord> {
  if (position.stake > 0n || position.pending > 0n) return position
  const isWaiting = (await redemptionsOf(trx, position.id)).some(({ paidAtMs }) => paidAtMs === null)
  const emptied = { ...position, weight: 0n, carry: 0n, isAutoRenew: false }
  return isWaiting ? { ...emptied, state: 'unbonding' } : { ...emptied, state: 'closed', closedAtMs: nowMs }
}

async function withdraw(work: PoolWork, position: PositionRecord, asked: Amount | null): Promise<Withdrawn> {
  const { trx, pool, nowMs } = work
  const untilMs = pool.endedAtMs ?? nowMs
  if (position.kind === 'locked') {
    if (asked !== null && asked !== position.stake) throw stakingRefusals.locked_must_be_redeemed_whole()
    const isEarly = pool.state !== 'ended' && position.maturesAtMs !== null && position.maturesAtMs > nowMs
    const [accrued = position] = isEarly ? [] : await accrueTo(work, [position], untilMs)
    return withdrawLocked(accrued, isEarly)
  }
  const [accrued = position] = await accrueTo(work, [position], untilMs)
  const whole = add(accrued.stake, accrued.pending)
  const amount = asked ?? whole
  if (amount <= 0n || amount > whole) throw stakingRefusals.exceeds_stake()
  const rates = await ratesOfPool(trx, pool.id)
  return withdrawFlexible(accrued, amount, (ms) => tiersAt(rates, ms))
}

/** Redeems for its owner: all of it where no amount is asked for. */
export async function redeem(
  work: PoolWork,
  position: PositionRecord,
  asked: Amount | null,
): Promise<{ position: PositionRecord; redemption: RedemptionRecord }> {
  if (position.state !== 'active') throw stakingRefusals.position_not_active({ positionId: position.id })
  const { kernel, trx, pool, nowMs } = work
  const withdrawn = await withdraw(work, position, asked)
  const releasesAtMs = nowMs + pool.unbondingDays * DAY_MS
  const taken = await takeOut(work, withdrawn, { cause: 'request', releasesAtMs })
  const scale = (await kernel.ledger.assets()).get(pool.assetId)?.scale ?? 0
  const told = {
    userId: position.userId,
    positionId: position.id,
    poolId: pool.id,
    assetId: pool.assetId,
    payout: formatAmount(withdrawn.payout, scale),
    penalty: formatAmount(withdrawn.penalty, scale),
  }
  await kernel.events.emit(trx, positionRedeemed, told, { key: position.id })
  return taken
}

/** Ends what has run its time: a term that is over is renewed or paid out, a pool that has ended pays everybody out. */
export async function mature(work: PoolWork, position: PositionRecord): Promise<void> {
  const { kernel, trx, pool, nowMs } = work
  const hasEnded = pool.state === 'ended' && pool.endedAtMs !== null
  const endMs = Math.min(position.maturesAtMs ?? nowMs, hasEnded ? (pool.endedAtMs ?? nowMs) : nowMs)
  const isOver = hasEnded || (position.maturesAtMs !== null && position.maturesAtMs <= nowMs)
  if (position.state !== 'active' || !isOver) return
  const [accrued = position] = await accrueTo(work, [position], endMs)
  const next = hasEnded ? null : await renewed(work, accrued)
  const scale = (await kernel.ledger.assets()).get(pool.assetId)?.scale ?? 0
  let payout = '0'
  if (next) {
    await savePositions(trx, [next])
  } else {
    // The end of a pool is the operator's doing: nobody waits for it.
    const releasesAtMs = hasEnded ? nowMs : endMs + pool.unbondingDays * DAY_MS
    const whole = {
      ...accrued,
      stake: add(accrued.stake, accrued.pending),
      pending: units(0n),
      pendingFromMs: null,
    }
    const cause = hasEnded ? 'poolEnd' : 'maturity'
    const { redemption } = await takeOut(work, withdrawLocked(whole, false), { cause, releasesAtMs })
    payout = formatAmount(redemption.payout, scale)
  }
  const { id: positionId, userId } = position
  const told = {
    userId,
    positionId,
    poolId: pool.id,
    assetId: pool.assetId,
    payout,
    isRenewed: next !== null,
  }
  await kernel.events.emit(trx, positionMatured, told, { key: positionId })
}

/** Pays out redemptions whose unbonding is over; answers how many. */
export async function releaseDue({ kernel }: StakingParts, trx: Transaction): Promise<number> {
  const nowMs = kernel.clock.now().getTime()
  const due = await lockReleasable(trx, nowMs, RELEASES)
  if (due.length === 0) return 0
  await markPaid(
    trx,
    due.map(({ id }) => id),
    nowMs,
  )
  await closeReleased(trx, [...new Set(due.map(({ positionId }) => positionId))], nowMs)
  const assets = await kernel.ledger.assets()
  const items = due.map(({ id, positionId, userId, poolId, assetId, payout }) => ({
    data: {
      userId,
      positionId,
      poolId,
      assetId,
      redemptionId: id,
      payout: formatAmount(payout, assets.get(assetId)?.scale ?? 0),
    },
    key: positionId,
  }))
  await kernel.events.emitAll(trx, redemptionReleased, items)
  const steps = due.map(({ id, positionId, userId, assetId, payout, cause }) => ({
    userId,
    positionId,
    assetId,
    amount: payout,
    key: `redemption:${id}`,
    title: `activity.${cause}`,
    kind: 'staking.redemption' as const,
  }))
  await recordStakes({ kernel, trx }, steps)
  const entries = due.map(({ id, positionId, poolId, userId, assetId, payout }) => ({
    key: `staking.release:${id}`,
    kind: 'staking.release',
    postings: [{ source: stakingWallet(userId), target: fundingWallet(userId), assetId, amount: payout }],
    data: { positionId, poolId },
  }))
  await kernel.ledger.post(trx, entries)
  return due.length
}
