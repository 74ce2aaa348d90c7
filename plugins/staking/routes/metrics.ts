import { metricOf } from '@cambium/kernel/contract'

/** Stakes that were taken, by what they are: an offer that nobody takes any more shows here first. */
export const stakesOpened = metricOf({
  name: 'staking.stakesOpened',
  kind: 'counter',
  title: 'Stakes that were opened',
  labels: { kind: ['flexible', 'locked'] },
})

export const stakingMetrics = [stakesOpened]

/** What users choose to be told of, or not. */
export const stakingNotices = [
  { kind: 'staking.matured', title: 'notices.kinds.matured' },
  { kind: 'staking.released', title: 'notices.kinds.released' },
  { kind: 'staking.firstReward', title: 'notices.kinds.firstReward' },
  { kind: 'staking.ranDry', title: 'notices.kinds.ranDry', permission: 'staking.pools.manage' },
]
