import type { TaskSource } from '@cambium/kernel'

/** What waits for who fills the reward funds. */
export const stakingTasks: readonly TaskSource[] = [
  {
    id: 'staking.runway',
    title: 'tasks.runway.title',
    text: 'tasks.runway.text',
    icon: 'i-lucide-piggy-bank',
    permission: 'staking.fundings.manage',
  },
]
