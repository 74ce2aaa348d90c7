import { transaction, type PluginKernel } from '@cambium/kernel'
import { formatAmount } from '@cambium/kernel/money'
import { pageOfAccruals } from './accruals.model.ts'
import { timeOf } from './columns.ts'
import type { StakingParts } from './parts.ts'
import { pageOfPositions, type PositionRecord } from './positions.model.ts'
import { viewPositions } from './positions.service.ts'
import { redemptionView } from './position-view.ts'
import { redemptionsOf } from './redemptions.model.ts'

const ROWS = 500

async function everyPosition(database: PluginKernel['database'], userId: string): Promise<PositionRecord[]> {
  const all: PositionRecord[] = []
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const page = await pageOfPositions(database, { userId, limit: ROWS, cursor })
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}

/** All that is kept about a user: positions, their redemptions, and every reward. */
export async function exportUser(
  parts: StakingParts,
  userId: string,
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { kernel } = parts
  const assets = await kernel.ledger.assets()
  const positions = await everyPosition(kernel.database, userId)
  const redemptions: unknown[] = []
  const rewards: unknown[] = []
  for (const { id, assetId } of positions) {
    const scale = assets.get(assetId)?.scale ?? 0
    for (const redemption of await redemptionsOf(kernel.database, id)) {
      redemptions.push({ positionId: id, ...redemptionView(redemption, scale) })
    }
    for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
      const page = await pageOfAccruals(kernel.database, id, { limit: ROWS, cursor })
      for (const { fromMs, toMs, reward } of page.items) {
        rewards.push({
          positionId: id,
          from: timeOf(fromMs),
          to: timeOf(toMs),
          reward: formatAmount(reward, scale),
        })
      }
      cursor = page.nextCursor
    }
  }
  return { positions: await viewPositions(parts, kernel.database, positions), redemptions, rewards }
}

/**
 * Makes closed positions nobody's; amounts and rewards stay, because the pool's figures are summed from them. Stakes
 * that run stay their owner's: money is not erased.
 */
export async function eraseUser({ kernel }: StakingParts, userId: string): Promise<void> {
  await transaction(kernel.database, async (trx) => {
    await trx('staking_positions').where({ user_id: userId, state: 'closed' }).update({ user_id: 'erased' })
    await trx('staking_redemptions')
      .where('user_id', userId)
      .whereNotNull('paid_at_ms')
      .update({ user_id: 'erased' })
    await trx('staking_requests').where('caller', userId).delete()
  })
}
