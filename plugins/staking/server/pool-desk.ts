import { transaction, type PluginKernel } from '@cambium/kernel'
import { stakingRefusals } from '../routes/refusals.ts'
import type { Transaction } from './columns.ts'
import { wholeSecond, type PoolWork } from './pool-work.ts'
import { findPool, lockPool, type PoolRecord } from './pools.model.ts'

export interface PoolDesk {
  /** Throws `staking.pool_not_found`. */
  require(poolId: string): Promise<PoolRecord>
  scaleOf(assetId: string): Promise<number>
  /**
   * Runs `work` in a transaction with the pool's lock held, and posts the journal entries it collected at the end. It may
   * run again from its start, so it must have no effect outside the transaction.
   */
  inPool<T>(poolId: string, work: (work: PoolWork) => Promise<T>): Promise<T>
  /** The same inside a transaction that is open already. */
  within<T>(trx: Transaction, poolId: string, work: (work: PoolWork) => Promise<T>): Promise<T>
}

export function createPoolDesk(kernel: PluginKernel): PoolDesk {
  async function within<T>(
    trx: Transaction,
    poolId: string,
    work: (work: PoolWork) => Promise<T>,
  ): Promise<T> {
    const pool = await lockPool(trx, poolId)
    if (!pool) throw stakingRefusals.pool_not_found({ poolId })
    const entries: PoolWork['entries'] = []
    const answer = await work({ kernel, trx, pool, nowMs: wholeSecond(kernel.clock.now()), entries })
    if (entries.length > 0) await kernel.ledger.post(trx, entries)
    return answer
  }

  return {
    within,
    inPool: (poolId, work) => transaction(kernel.database, (trx) => within(trx, poolId, work)),
    async require(poolId) {
      const pool = await findPool(kernel.database, poolId)
      if (!pool) throw stakingRefusals.pool_not_found({ poolId })
      return pool
    },
    async scaleOf(assetId) {
      const asset = (await kernel.ledger.assets()).get(assetId)
      if (!asset) throw stakingRefusals.asset_not_found({ assetId })
      return asset.scale
    },
  }
}
