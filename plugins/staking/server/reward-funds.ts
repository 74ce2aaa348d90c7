import type { JournalEntryRequest } from '@cambium/kernel'
import type { Amount } from '@cambium/kernel/money'
import { stakingRefusals } from '../routes/refusals.ts'
import { rewardFund } from './accounts.ts'
import { insertFunding, type FundingRecord } from './fundings.model.ts'
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

/** Writes the move down with the journal entry that made it; posted at once, because its number is kept. */
async function moveFunds(
  { kernel, trx, pool, nowMs }: PoolWork,
  direction: FundingRecord['direction'],
  { amount, reason, actor, outside, entryKey: key }: FundMove,
): Promise<FundingRecord> {
  await kernel.ledger.openAccount(trx, outside, 'external')
  const fund = rewardFund(pool.id)
  const [source, target] = direction === 'in' ? [outside, fund] : [fund, outside]
  const { assetId, id: poolId } = pool
  const postings = [{ source, target, assetId, amount }]
  const entry: JournalEntryRequest = {
    key,
    kind: 'staking.funding',
    postings,
    data: { poolId, actor, reason },
  }
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
  return moveFunds(work, 'in', move)
}

/** Takes out at most what is promised to nobody. */
export async function takeBack(work: PoolWork, move: FundMove): Promise<FundingRecord> {
  const { trx, pool } = work
  const totals = (await totalsOf(trx, [pool.id])).get(pool.id) ?? emptyTotals
  const free = freeFunds(await readFund(work), committedFunds(pool, totals))
  if (move.amount > free) throw stakingRefusals.exceeds_free_funds({ poolId: pool.id })
  return moveFunds(work, 'out', move)
}
