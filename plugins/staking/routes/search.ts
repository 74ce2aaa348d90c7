import type { ActivityKind, PluginManifest } from '@cambium/kernel'

export const stakingActivity: readonly ActivityKind[] = [
  { kind: 'staking.stake', title: 'activity.stake', icon: 'i-lucide-sprout' },
  { kind: 'staking.reward', title: 'activity.reward', icon: 'i-lucide-gift' },
  { kind: 'staking.redemption', title: 'activity.redemption', icon: 'i-lucide-undo-2' },
]

export const stakingSearch: NonNullable<PluginManifest['search']> = [
  { id: 'staking.pools', title: 'search.pools', app: 'portal', order: 30 },
  {
    id: 'staking.managedPools',
    title: 'search.pools',
    app: 'admin',
    order: 130,
    permission: 'staking.pools.manage',
  },
]

export const stakingSteps: NonNullable<PluginManifest['onboarding']> = [
  {
    id: 'staking.firstStake',
    order: 400,
    icon: 'i-lucide-sprout',
    link: '/earn',
    title: 'onboarding.firstStake.title',
    body: 'onboarding.firstStake.body',
    action: 'onboarding.firstStake.action',
    permission: 'staking.positions.write',
  },
]

/** What is staked, under the name users know it by. */
export const stakingWallets = [
  { id: 'staking', title: 'wallet.title', icon: 'i-lucide-sprout', link: '/earn', order: 300 },
]
