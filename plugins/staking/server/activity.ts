import type { NewActivity } from '@cambium/kernel'
import { formatAmount, type Amount } from '@cambium/kernel/money'
import type { PoolWork } from './pool-work.ts'

/** What happened to a stake, in whole units of its asset. */
export interface StakeStep {
  readonly userId: string
  readonly positionId: string
  readonly assetId: string
  readonly amount: Amount
  readonly key: string
  readonly kind: 'staking.stake' | 'staking.redemption' | 'staking.reward'
  readonly title?: string
  readonly state?: NewActivity['state']
  readonly at?: Date
}

/** Only a reward is more than there was before: what is staked or redeemed moves between wallets of one owner. */
export function stakeActivity(step: StakeStep, scale: number): NewActivity {
  const { userId, positionId, assetId, kind, key, title, state, at } = step
  const amount = formatAmount(step.amount, scale)
  return {
    userId,
    kind,
    key,
    assetId,
    link: `/earn/positions/${positionId}`,
    data: { amount, assetId },
    ...(kind === 'staking.reward' ? { amount } : {}),
    ...(title === undefined ? {} : { title }),
    ...(state === undefined ? {} : { state }),
    ...(at === undefined ? {} : { at }),
  }
}

/** Writes into the owners' feeds, in the work's transaction. */
export async function recordStakes(
  { kernel, trx }: Pick<PoolWork, 'kernel' | 'trx'>,
  steps: readonly StakeStep[],
): Promise<void> {
  if (steps.length === 0) return
  const assets = await kernel.ledger.assets()
  const entries = steps.map((step) => stakeActivity(step, assets.get(step.assetId)?.scale ?? 0))
  await kernel.activity.record(trx, entries)
}
