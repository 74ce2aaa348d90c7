import type { PluginManifest } from '@cambium/kernel'

const icon = 'i-lucide-sprout'
const read = 'staking.positions.read'
const manage = 'staking.pools.manage'

/** What Staking adds to the portal and to the admin. */
export const stakingUi: NonNullable<PluginManifest['ui']> = {
  portal: {
    pages: [
      {
        id: 'earn',
        path: '/earn',
        title: 'pages.earn.title',
        component: 'StakingEarnPage',
        help: 'pages.earn.help',
      },
      { id: 'pool', path: '/earn/pools/:poolId', title: 'pages.pool.title', component: 'StakingPoolPage' },
      {
        id: 'position',
        path: '/earn/positions/:positionId',
        title: 'pages.position.title',
        component: 'StakingPositionPage',
        permission: read,
      },
    ],
    actions: [
      {
        id: 'stake',
        title: 'actions.stake',
        keywords: 'actions.stakeKeywords',
        order: 120,
        icon,
        to: '/earn',
      },
    ],
    navigation: [{ page: 'earn', title: 'navigation.earn', icon, section: 'earn', order: 110 }],
    slots: [
      {
        slot: 'portal.dashboard@1',
        id: 'stakes',
        title: 'card.title',
        component: 'StakingCard',
        order: 300,
        permission: read,
      },
      {
        slot: 'portal.asset.action@1',
        id: 'stake-asset',
        component: 'StakingAssetAction',
        order: 200,
        permission: read,
      },
      { slot: 'portal.landing.block@1', id: 'pools', component: 'StakingLanding', order: 300 },
      { slot: 'portal.fees@1', id: 'fees', component: 'StakingFees', order: 200 },
      {
        slot: 'portal.wallet.asset@1',
        id: 'stake',
        component: 'StakingAssetAction',
        order: 100,
        permission: read,
      },
    ],
  },
  admin: {
    pages: [
      {
        id: 'pools',
        path: '/staking/pools',
        title: 'pages.adminPools.title',
        component: 'StakingAdminPoolsPage',
        permission: manage,
      },
      {
        id: 'managed-pool',
        path: '/staking/pools/:poolId',
        title: 'pages.adminPool.title',
        component: 'StakingAdminPoolPage',
        permission: manage,
      },
      {
        id: 'positions',
        path: '/staking/positions',
        title: 'pages.adminPositions.title',
        component: 'StakingAdminPositionsPage',
        permission: 'staking.positions.review',
      },
    ],
    navigation: [
      { page: 'pools', title: 'navigation.adminPools', icon, section: 'products', order: 210 },
      {
        page: 'positions',
        title: 'navigation.adminPositions',
        section: 'products',
        order: 211,
        icon: 'i-lucide-layers',
      },
    ],
    slots: [
      {
        slot: 'admin.user.tab@1',
        id: 'positions',
        title: 'pages.adminPositions.title',
        component: 'StakingUserTab',
        permission: 'staking.positions.review',
        order: 200,
      },
    ],
  },
}
