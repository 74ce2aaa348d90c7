import type { FindTasks, PluginKernel } from '@cambium/kernel'
import { reviewedPools } from './pool-views.ts'
import { allPools } from './pools.model.ts'

/** Reward funds that are empty or will be soon: users stop earning when they are. */
export function runwayTasks(kernel: PluginKernel): FindTasks {
  return async () => {
    const pools = await allPools(kernel.database)
    const reviewed = await reviewedPools(
      kernel,
      pools.filter(({ state }) => state !== 'ended'),
    )
    return reviewed
      .filter(({ isRunningLow, isStopped }) => isRunningLow || isStopped)
      .map(({ pool, isStopped }) => ({
        key: pool.id,
        severity: isStopped ? ('critical' as const) : ('warning' as const),
        link: `/staking/pools/${pool.id}`,
        count: isStopped ? 0 : (pool.runwayDays ?? 0),
        data: { pool: pool.name },
      }))
  }
}
