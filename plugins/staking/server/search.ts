import type { PluginKernel, PluginServer } from '@cambium/kernel'
import { searchRank } from '@cambium/kernel/contract'
import { allPools, type PoolRecord } from './pools.model.ts'

/** Pools by their name and asset: those one can stake in for users, all of them for operators. */
export function poolSearch({ database }: PluginKernel): NonNullable<PluginServer['search']> {
  const pools =
    (isShown: (pool: PoolRecord) => boolean, link: (poolId: string) => string) =>
    async ({ text }: { readonly text: string }) =>
      (await allPools(database)).filter(isShown).flatMap(({ id, name, assetId }) => {
        const rank = searchRank(text, [name, assetId])
        const hit = { id, title: name, text: assetId, link: link(id), icon: 'i-lucide-sprout' }
        return rank > 0 ? [{ ...hit, rank }] : []
      })
  return {
    'staking.pools': pools(
      ({ state }) => state === 'open',
      (poolId) => `/earn/pools/${poolId}`,
    ),
    'staking.managedPools': pools(
      () => true,
      (poolId) => `/staking/pools/${poolId}`,
    ),
  }
}
