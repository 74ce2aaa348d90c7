import { implement, type Implementation } from '@cambium/kernel'
import { formatAmount } from '@cambium/kernel/money'
import * as routes from '../routes/review.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { timeOf } from './columns.ts'
import { latestDays } from './days.model.ts'
import type { StakingParts } from './parts.ts'
import { reviewedPools } from './pool-views.ts'
import { allPools } from './pools.model.ts'
import { pageOfPositions } from './positions.model.ts'
import { viewPositions } from './positions.service.ts'

const PAGE_ROWS = 50
const DAYS = 90

/** Handlers of what the operator reads about all pools and all users. */
export function reviewImplementations(parts: StakingParts): Implementation<never>[] {
  const { kernel, desk } = parts
  const { database } = kernel
  return [
    implement(routes.reviewPools, async () => ({
      items: await reviewedPools(kernel, await allPools(database)),
    })),
    implement(routes.reviewPool, async ({ params: { poolId } }) => {
      const [reviewed] = await reviewedPools(kernel, [await desk.require(poolId)])
      if (!reviewed) throw stakingRefusals.pool_not_found({ poolId })
      return reviewed
    }),
    implement(routes.reviewPositions, async ({ params }) => {
      const page = await pageOfPositions(database, { ...params, limit: params.limit ?? PAGE_ROWS })
      const views = await viewPositions(parts, database, page.items)
      const owners = new Map(page.items.map(({ id, userId }) => [id, userId]))
      const items = views.map((position) => ({ userId: owners.get(position.id) ?? '', position }))
      return { ...page, items }
    }),
    implement(routes.listStakingDays, async ({ params: { poolId, limit = DAYS } }) => {
      const scale = await desk.scaleOf((await desk.require(poolId)).assetId)
      const days = await latestDays(database, poolId, limit)
      const items = days.map(({ dayMs, staked, subscribers, rewards, isFunded }) => ({
        day: timeOf(dayMs),
        staked: formatAmount(staked, scale),
        subscribers,
        rewards: formatAmount(rewards, scale),
        isFunded,
      }))
      return { items }
    }),
  ]
}
