import { implement, transaction, type Call, type Implementation, type PluginKernel } from '@cambium/kernel'
import { purchaseAuthorize } from '@cambium/kernel/filters/routes'
import { parseAmount } from '@cambium/kernel/money'
import { stakesOpened } from '../routes/metrics.ts'
import * as routes from '../routes/positions.ts'
import type { Position } from '../routes/positions.ts'
import { stakingRefusals } from '../routes/refusals.ts'
import { autoRenew } from '../routes/toggles.ts'
import { unfundedPositions } from './accruals.model.ts'
import type { Database } from './columns.ts'
import { answerOnce, isAnswered } from './kept-answers.ts'
import type { StakingParts } from './parts.ts'
import { positionView, redemptionView } from './position-view.ts'
import { allPools } from './pools.model.ts'
import {
  findPosition,
  lockPosition,
  pageOfPositions,
  savePositions,
  type PositionRecord,
} from './positions.model.ts'
import { ratesOf } from './rates.model.ts'
import { redeem } from './redemption.ts'
import { redemptionsOf } from './redemptions.model.ts'
import { stake } from './subscription.ts'

const PAGE_ROWS = 50

/** Positions as their owners and operators see them; `database` may be a transaction. */
export async function viewPositions(
  { kernel }: StakingParts,
  database: Database,
  positions: readonly PositionRecord[],
): Promise<Position[]> {
  if (positions.length === 0) return []
  const assets = await kernel.ledger.assets()
  const names = new Map((await allPools(database)).map(({ id, name }) => [id, name]))
  const rates = await ratesOf(database, [...names.keys()])
  const unfunded = await unfundedPositions(
    database,
    positions.map(({ id }) => id),
  )
  const nowMs = kernel.clock.now().getTime()
  return positions.map((position) =>
    positionView(position, {
      poolName: names.get(position.poolId) ?? position.poolId,
      scale: assets.get(position.assetId)?.scale ?? 0,
      rates: rates.get(position.poolId) ?? [],
      nowMs,
      isUnfunded: position.state === 'active' && unfunded.has(position.id),
    }),
  )
}

async function viewPosition(
  parts: StakingParts,
  database: Database,
  position: PositionRecord,
): Promise<Position> {
  const [view] = await viewPositions(parts, database, [position])
  if (!view) throw new Error(`the position ${position.id} has no view`)
  return view
}

/** Refuses a position that is not there and one that is somebody else's alike: ids tell nothing. */
export async function ownPosition(
  { kernel }: StakingParts,
  positionId: string,
  userId: string,
): Promise<PositionRecord> {
  const position = await findPosition(kernel.database, positionId)
  if (!position || position.userId !== userId) throw stakingRefusals.position_not_found({ positionId })
  return position
}

/** Handlers of what users do with their own positions. */
export function positionImplementations(parts: StakingParts): Implementation<never>[] {
  return [...reads(parts), openStake(parts), redeemStake(parts), switches(parts)]
}

function reads(parts: StakingParts): Implementation<never>[] {
  const { database } = parts.kernel
  return [
    implement(routes.listPositions, async ({ params, userId }) => {
      const page = await pageOfPositions(database, { ...params, userId, limit: params.limit ?? PAGE_ROWS })
      return { ...page, items: await viewPositions(parts, database, page.items) }
    }),
    implement(routes.showPosition, async ({ params, userId }) => {
      const position = await ownPosition(parts, params.positionId, userId)
      const scale = await parts.desk.scaleOf(position.assetId)
      const redemptions = await redemptionsOf(database, position.id)
      return {
        position: await viewPosition(parts, database, position),
        redemptions: redemptions.map((redemption) => redemptionView(redemption, scale)),
      }
    }),
  ]
}

function openStake(parts: StakingParts): Implementation<never> {
  const { kernel, desk } = parts
  return implement(
    routes.openPosition,
    async ({ params, userId, once }: Call<typeof routes.openPosition>) => {
      const pool = await desk.require(params.poolId)
      if (params.isAutoRenew && pool.kind === 'flexible') throw stakingRefusals.renewal_needs_a_term()
      const amount = parseAmount(params.amount, await desk.scaleOf(pool.assetId))
      return await once(async (key) => {
        // A repeat is answered as the first time, even where it would not be allowed any more.
        const isRepeat = await isAnswered(kernel.database, userId, key)
        if (!isRepeat) {
          if (params.isAutoRenew) await assertRenewalOffered(kernel, userId)
          const { assetId, levelMin } = pool
          const purchase = { userId, productId: 'staking', kind: 'subscribe', assetId, levelMin } as const
          await kernel.filters.apply(purchaseAuthorize, { ...purchase, amount: params.amount })
        }
        const request = { caller: userId, key, content: params, nowMs: kernel.clock.now().getTime() }
        const answer = await transaction(kernel.database, (trx) =>
          answerOnce(trx, request, () =>
            desk.within(trx, pool.id, async (work) => {
              const { isAutoCompound, isAutoRenew } = params
              const entryKey = `staking.stake:${userId}:${key}`
              const position = await stake(work, { userId, amount, isAutoCompound, isAutoRenew, entryKey })
              return await viewPosition(parts, trx, position)
            }),
          ),
        )
        if (!isRepeat) kernel.metrics.count(stakesOpened, { kind: pool.kind })
        return answer
      })
    },
  )
}

function redeemStake(parts: StakingParts): Implementation<never> {
  const { kernel, desk } = parts
  return implement(
    routes.redeemPosition,
    async ({ params, userId, once }: Call<typeof routes.redeemPosition>) => {
      const { poolId, assetId } = await ownPosition(parts, params.positionId, userId)
      const scale = await desk.scaleOf(assetId)
      const asked = params.amount === undefined ? null : parseAmount(params.amount, scale)
      return await once(async (key) => {
        const request = { caller: userId, key, content: params, nowMs: kernel.clock.now().getTime() }
        return await transaction(kernel.database, (trx) =>
          answerOnce(trx, request, () =>
            desk.within(trx, poolId, async (work) => {
              const position = await lockPosition(trx, params.positionId)
              if (!position) throw stakingRefusals.position_not_found({ positionId: params.positionId })
              const taken = await redeem(work, position, asked)
              return {
                position: await viewPosition(parts, trx, taken.position),
                redemption: redemptionView(taken.redemption, scale),
              }
            }),
          ),
        )
      })
    },
  )
}

async function assertRenewalOffered({ toggles }: PluginKernel, userId: string): Promise<void> {
  if (!(await toggles.isOn(autoRenew, userId))) throw stakingRefusals.renewal_not_offered()
}

function switches(parts: StakingParts): Implementation<never> {
  const { kernel, desk } = parts
  return implement(routes.updatePosition, async ({ params, userId }) => {
    const { positionId, isAutoCompound, isAutoRenew } = params
    const { poolId, kind } = await ownPosition(parts, positionId, userId)
    if (isAutoRenew === true && kind === 'flexible') throw stakingRefusals.renewal_needs_a_term()
    if (isAutoRenew === true) await assertRenewalOffered(kernel, userId)
    const after = await desk.inPool(poolId, async ({ trx }) => {
      const before = await lockPosition(trx, positionId)
      if (before?.state !== 'active') throw stakingRefusals.position_not_active({ positionId })
      const changed = {
        ...before,
        isAutoCompound: isAutoCompound ?? before.isAutoCompound,
        isAutoRenew: isAutoRenew ?? before.isAutoRenew,
      }
      await savePositions(trx, [changed])
      return changed
    })
    return await viewPosition(parts, kernel.database, after)
  })
}
