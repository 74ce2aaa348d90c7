import type { StartPlugin } from '@cambium/kernel'
import { accrueDays } from './accrual-run.ts'
import { seedDemoPools } from './demo-pools.ts'
import { fundingImplementations } from './fundings.service.ts'
import { matureDue } from './maturity-run.ts'
import { noticeListeners } from './notices.ts'
import { createPoolDesk } from './pool-desk.ts'
import { allPools } from './pools.model.ts'
import { poolImplementations } from './pools.service.ts'
import { hasStaked } from './positions.model.ts'
import { positionImplementations } from './positions.service.ts'
import { reviewImplementations } from './review.service.ts'
import { rewardImplementations } from './rewards.service.ts'
import { poolSearch } from './search.ts'
import { runwayTasks } from './tasks.ts'
import { eraseUser, exportUser } from './user-data.ts'

export const start: StartPlugin = async (kernel) => {
  const parts = { kernel, desk: createPoolDesk(kernel) }
  if (kernel.isDemo) await seedDemoPools(parts)
  return {
    implementations: [
      ...poolImplementations(parts),
      ...positionImplementations(parts),
      ...rewardImplementations(parts),
      ...fundingImplementations(parts),
      ...reviewImplementations(parts),
    ],
    jobs: {
      'staking.accrual': ({ signal, log }) => accrueDays({ ...parts, signal, log }),
      'staking.maturity': ({ signal }) => matureDue(parts, signal),
    },
    listeners: noticeListeners(kernel),
    search: poolSearch(kernel),
    onboarding: { 'staking.firstStake': (userId) => hasStaked(kernel.database, userId) },
    tasks: { 'staking.runway': runwayTasks(kernel) },
    exportUser: (userId) => exportUser(parts, userId),
    eraseUser: (userId) => eraseUser(parts, userId),
    async health() {
      await allPools(kernel.database)
    },
  }
}
