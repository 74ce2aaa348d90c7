import type { JournalEntryRequest, PluginKernel } from '@cambium/kernel'
import { amount, subtract, zero, type Amount } from '@cambium/kernel/money'
import { REWARD_DIVISOR, SECONDS_A_DAY } from '../routes/reward-rules.ts'
import { rewardFund } from './accounts.ts'
import type { Transaction } from './columns.ts'
import type { PoolRecord } from './pools.model.ts'
import type { PoolTotals } from './positions.model.ts'

/** One transaction that holds a pool's lock, and the journal entries it posts at its end. */
export interface PoolWork {
  readonly kernel: PluginKernel
  readonly trx: Transaction
  readonly pool: PoolRecord
  /** In whole seconds: accrual counts no less. */
  readonly nowMs: number
  /** Posted last, because the ledger takes one writer at a time. */
  readonly entries: JournalEntryRequest[]
}

export function wholeSecond(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000
}

/** What the reward fund has, as this transaction sees it. The pool's lock must be held. */
export async function readFund({ kernel, trx, pool, entries }: PoolWork): Promise<Amount> {
  const account = rewardFund(pool.id)
  const balances = await kernel.ledger.balances([account], trx)
  const posted = balances.find(({ assetId }) => assetId === pool.assetId)?.available ?? zero
  // Entries that wait to be posted have spent their part already.
  const spent = entries
    .flatMap(({ postings }) => postings)
    .reduce((sum, { source, target, amount: moved }) => {
      if (source === account) return sum + moved
      return target === account ? sum - moved : sum
    }, 0n)
  return amount(posted - spent)
}

/** What a day of the pool costs at the present stakes, up to the next unit. */
export function dailyReward({ weight }: PoolTotals): Amount {
  return amount((weight * SECONDS_A_DAY + REWARD_DIVISOR - 1n) / REWARD_DIVISOR)
}

/** What stays in the fund: all that running terms are promised, or the running day of a flexible pool. */
export function committedFunds(pool: PoolRecord, totals: PoolTotals): Amount {
  return pool.kind === 'locked' ? totals.reserved : dailyReward(totals)
}

export function freeFunds(fund: Amount, committed: Amount): Amount {
  return fund > committed ? subtract(fund, committed) : zero
}
