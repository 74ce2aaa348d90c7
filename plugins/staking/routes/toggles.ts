import { toggleOf } from '@cambium/kernel/contract'

/** Locked stakes that begin another term by themselves. */
export const autoRenew = toggleOf({
  id: 'staking.autoRenew',
  title: 'Auto-renew of locked stakes',
  description:
    'Users can have a locked stake begin another term when one ends. Off, nobody switches it on any more; what is on stays on.',
  isOnByDefault: true,
})
