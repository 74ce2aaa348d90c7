import type { Posting } from '@cambium/kernel'
import { zero, type Amount } from '@cambium/kernel/money'
import { stakingRefusals } from '../routes/refusals.ts'
import { demoAccount, rewardFund, roundingAccount } from './accounts.ts'
import { insertFunding, isDemoFunded, type FundingRecord } from './fundings.model.ts'
import { committedFunds, freeFunds, readFund, type PoolWork } from './pool-work.ts'
import { emptyTotals, totalsOf } from './positions.model.ts'

export interface FundMove {
  readonly amount: Amount
  readonly reason: string
  /** Who decided it. */
  readonly actor: string
  /** The account outside: the operator's, or the demonstration's. */
  readonly outside: string
  readonly entryKey: string
}

/** Fractions that closed stakes left over belong to nobody: they leave with the fund of a pool that has ended. */
async function leftOver({ kernel, trx, pool }: PoolWork, outside: string): Promise<Posting[]> {
  if (pool.state !== 'ended') return []
  const balances = await kernel.ledger.balances([roundingAccount], trx)
  const amount = balances.find(({ assetId }) => assetId === pool.assetId)?.available ?? zero
  return amount > 0n ? [{ source: roundingAccount, target: outside, assetId: pool.assetId, amount }] : []
}

/** Writes the move down with the journal entry that made it; posted at once, because its number is kept. */
async function moveFunds(
  { kernel, trx, pool, nowMs }: PoolWork,
  { amount, reason, actor, entryKey: key }: FundMove,
  { direction, postings }: { direction: FundingRecord['direction']; postings: readonly Posting[] },
): Promise<FundingRecord> {
  const { assetId, id: poolId } = pool
  const entry = { key, kind: 'staking.funding', postings, data: { poolId, actor, reason } }
  const [posted] = await kernel.ledger.post(trx, [entry])
  const entryId = posted?.id ?? ''
  return insertFunding(trx, {
    poolId,
    direction,
    assetId,
    amount,
    reason,
    actor,
    entryId,
    createdAtMs: nowMs,
  })
}

export async function topUp(work: PoolWork, move: FundMove): Promise<FundingRecord> {
  const { outside, amount } = move
  await work.kernel.ledger.openAccount(work.trx, outside, 'external')
  const posting = { source: outside, target: rewardFund(work.pool.id), assetId: work.pool.assetId, amount }
  return moveFunds(work, move, { direction: 'in', postings: [posting] })
}

/** Takes out at most what is promised to nobody; what only a demonstration paid in goes back to where it came from. */
export async function takeBack(work: PoolWork, move: FundMove): Promise<FundingRecord> {
  const { trx, pool } = work
  const totals = (await totalsOf(trx, [pool.id])).get(pool.id) ?? emptyTotals
  const free = freeFunds(await readFund(work), committedFunds(pool, totals))
  const { amount } = move
  if (amount > free) throw stakingRefusals.exceeds_free_funds({ poolId: pool.id })
  const outside = (await isDemoFunded(trx, pool.id)) ? demoAccount : move.outside
  const posting = { source: rewardFund(pool.id), target: outside, assetId: pool.assetId, amount }
  const postings = [posting, ...(await leftOver(work, outside))]
  return moveFunds(work, move, { direction: 'out', postings })
}
