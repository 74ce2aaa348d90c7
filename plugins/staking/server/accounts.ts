/** Ledger accounts a stake passes through. */

/** Where a stake is paid from, and payouts and rewards go to. */
export function fundingWallet(userId: string): string {
  return `user:${userId}/funding`
}

/** All stakes of a user in one asset, running and unbonding. */
export function stakingWallet(userId: string): string {
  return `user:${userId}/staking`
}

/** What a pool's rewards are paid from. The database itself refuses to pay more than is in it. */
export function rewardFund(poolId: string): string {
  return `rewards:staking/${poolId}`
}

/** Fractions of a unit that closing a position leaves over. */
export const roundingAccount = 'rounding:staking'
/** The outside world as the operator pays from it and back to it. */
export const operatorAccount = 'external:operator'
export const demoAccount = 'external:demo'
