import { definePlugin } from '@cambium/kernel'
import * as events from './routes/events.ts'
import * as fundings from './routes/fundings.ts'
import { stakingMetrics, stakingNotices } from './routes/metrics.ts'
import * as pools from './routes/pools.ts'
import * as positions from './routes/positions.ts'
import * as review from './routes/review.ts'
import { stakingActivity, stakingSearch, stakingSteps, stakingWallets } from './routes/search.ts'
import * as rewards from './routes/rewards.ts'
import { stakingSettings } from './routes/settings.ts'
import { stakingTasks } from './routes/tasks.ts'
import { autoRenew } from './routes/toggles.ts'
import { stakingUi } from './ui.ts'

export const plugin = definePlugin({
  id: 'staking',
  version: '0.1.0',
  kernel: '^0.1.0',
  name: 'Staking',
  summary: 'Pools, flexible or locked, that pay rewards on what users stake.',
  description:
    'Users stake an asset in a pool and are paid a reward every day, to the second and to the smallest unit. Flexible ' +
    'stakes are left at any time; locked ones at the end of their term, or early for the price of its rewards.\n\n' +
    'Rewards come from a fund of the pool that the operator fills, and from nowhere else: its runway is shown, and a ' +
    'locked term is taken only when all its rewards are in the fund.',
  publisher: 'Cambium',
  category: 'earn',
  icon: 'i-lucide-sprout',
  grants: {
    ledgerAccounts: [
      'user:*/funding',
      'user:*/staking',
      'rewards:staking/*',
      'external:operator',
      'external:demo',
    ],
  },
  permissions: [
    { id: 'staking.positions.read', title: 'See own stakes and rewards', roles: ['user', 'admin'] },
    { id: 'staking.positions.write', title: 'Stake and redeem', roles: ['user', 'admin'] },
    { id: 'staking.positions.review', title: 'See the stakes of all users', roles: ['admin'] },
    { id: 'staking.pools.manage', title: 'Create, change, close and end pools', roles: ['admin'] },
    { id: 'staking.fundings.manage', title: 'Pay into reward funds and out of them', roles: ['admin'] },
  ],
  settings: stakingSettings,
  metrics: stakingMetrics,
  notices: stakingNotices,
  toggles: [autoRenew],
  tasks: stakingTasks,
  accounts: [{ id: 'rounding:staking', title: 'Fractions of a unit left over by closed stakes' }],
  routes: [
    pools.listPools,
    pools.showPool,
    pools.showRoom,
    pools.createPool,
    pools.updatePool,
    pools.changePoolState,
    pools.listPoolAssets,
    positions.openPosition,
    positions.listPositions,
    positions.showPosition,
    positions.updatePosition,
    positions.redeemPosition,
    rewards.listRewards,
    rewards.listStakedAssets,
    fundings.topUpPool,
    fundings.takeBackFunds,
    fundings.listFundings,
    review.reviewPools,
    review.reviewPool,
    review.reviewPositions,
    review.listStakingDays,
  ],
  jobs: [
    { name: 'staking.accrual', title: 'Pay the rewards of the days that are over', cron: '5 0 * * *' },
    {
      name: 'staking.maturity',
      title: 'End terms that are over, release what has unbonded',
      everyMs: 120_000,
    },
  ],
  events: {
    emits: Object.values(events),
    listens: [
      events.positionMatured.name,
      events.redemptionReleased.name,
      events.rewardPaidFirst.name,
      events.fundRanDry.name,
    ],
  },
  activity: stakingActivity,
  search: stakingSearch,
  onboarding: stakingSteps,
  wallets: stakingWallets,
  ui: stakingUi,
})
