import { implement, transaction, type Call, type Implementation } from '@cambium/kernel'
import { formatAmount, parseAmount } from '@cambium/kernel/money'
import * as routes from '../routes/fundings.ts'
import type { Funding } from '../routes/fundings.ts'
import { operatorAccount } from './accounts.ts'
import { timeOf } from './columns.ts'
import { pageOfFundings, type FundingRecord } from './fundings.model.ts'
import { answerOnce } from './kept-answers.ts'
import type { StakingParts } from './parts.ts'
import { takeBack, topUp } from './reward-funds.ts'

const PAGE_ROWS = 50

function fundingView(funding: FundingRecord, scale: number): Funding {
  const { amount, createdAtMs, ...rest } = funding
  return { ...rest, amount: formatAmount(amount, scale), createdAt: timeOf(createdAtMs) }
}

const moves = { in: topUp, out: takeBack } as const

/** Handlers of the operator's payments into reward funds and out of them. */
export function fundingImplementations(parts: StakingParts): Implementation<never>[] {
  const { kernel, desk } = parts

  async function move(
    direction: keyof typeof moves,
    { params, principal }: Call<typeof routes.topUpPool>,
    key: string,
  ): Promise<Funding> {
    const actor = principal.kind === 'user' ? principal.userId : 'system'
    const { poolId, reason } = params
    const scale = await desk.scaleOf((await desk.require(poolId)).assetId)
    const amount = parseAmount(params.amount, scale)
    const content = [direction, params]
    const request = { caller: `operator:${actor}`, key, content, nowMs: kernel.clock.now().getTime() }
    return await transaction(kernel.database, (trx) =>
      answerOnce(trx, request, () =>
        desk.within(trx, poolId, async (work) => {
          const entryKey = `staking.funding:${actor}:${key}`
          const outside = operatorAccount
          return fundingView(
            await moves[direction](work, { amount, reason, actor, outside, entryKey }),
            scale,
          )
        }),
      ),
    )
  }

  return [
    implement(routes.topUpPool, (call) => call.once((key) => move('in', call, key))),
    implement(routes.takeBackFunds, (call) => call.once((key) => move('out', call, key))),
    implement(routes.listFundings, async ({ params: { poolId, limit = PAGE_ROWS, cursor } }) => {
      const scale = await desk.scaleOf((await desk.require(poolId)).assetId)
      const page = await pageOfFundings(kernel.database, poolId, { limit, cursor })
      return { ...page, items: page.items.map((funding) => fundingView(funding, scale)) }
    }),
  ]
}
