import { implement, type Implementation } from '../broker/index.ts'
import type { EngineAccounts } from './accounts.ts'
import type { EngineLink } from './engine-link.ts'
import type { TradingBalance } from './exchange.ts'
import type { House } from './house.ts'
import type { MarketRegistry } from './markets.ts'
import { assertOperator } from './operator.ts'
import type { Progress } from './progress.ts'
import type { Reservations } from './reservations.ts'
import {
  createHouseAccount,
  createReservation,
  listOpenOrders,
  releaseReservation,
  showStatus,
  submitHouseOrders,
  type ExchangeStatus,
} from './routes.ts'

export interface OperationParts {
  readonly link: EngineLink
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
  readonly progress: Progress
  readonly reservations: Reservations
  readonly house: House
  readonly tradingBalances: (userId: string) => Promise<readonly TradingBalance[]>
}

async function status({ link, progress }: OperationParts): Promise<ExchangeStatus> {
  const engineSeq = await link
    .read((client) => client.markets())
    .then(
      ({ seq }) => seq,
      () => undefined,
    )
  const followers = progress.all().map(([name, seq]) => {
    return engineSeq === undefined ? { name, seq } : { name, seq, lag: Math.max(0, engineSeq - seq) }
  })
  return engineSeq === undefined
    ? { isEngineAvailable: false, followers }
    : { isEngineAvailable: true, engineSeq, followers }
}

/** What the operator and the operator's commands do. */
export function operationImplementations(parts: OperationParts): Implementation<never>[] {
  const { link, accounts, markets, reservations, house, tradingBalances } = parts
  return [
    implement(showStatus, () => status(parts)),
    implement(listOpenOrders, async ({ params: { marketId } }) => {
      await markets.require(marketId)
      const { seq, orders } = await link.read((client) => client.openOrders())
      const counts = new Map<number, number>()
      for (const { market, account } of orders) {
        if (market === marketId) counts.set(account, (counts.get(account) ?? 0) + 1)
      }
      const names = await house.names()
      const users = []
      for (const [account, count] of counts) {
        const userId = await accounts.userOf(account)
        const name = names.get(userId)
        users.push({ userId, ...(name === undefined ? {} : { houseAccount: name }), orders: count })
      }
      return { seq, users }
    }),
    implement(createReservation, async ({ params: { marketId, holder, leaseMs }, principal }) => {
      assertOperator(principal)
      await markets.require(marketId)
      const { expiresAt } = await reservations.take(marketId, holder, leaseMs)
      return { marketId, expiresAt: expiresAt.toISOString() }
    }),
    implement(releaseReservation, async ({ params: { marketId, holder }, principal }) => {
      assertOperator(principal)
      await reservations.release(marketId, holder)
      return { marketId }
    }),
    implement(createHouseAccount, async ({ params: { name, funding }, principal }) => {
      assertOperator(principal)
      const amounts = Object.fromEntries(funding.map(({ assetId, amount }) => [assetId, amount]))
      const userId = await house.account(name, amounts)
      return { userId, balances: [...(await tradingBalances(userId))] }
    }),
    implement(submitHouseOrders, async ({ params: { marketId, operations }, principal, idempotencyKey }) => {
      assertOperator(principal)
      const outcomes = await house.submit({ marketId, operations, key: idempotencyKey })
      return { outcomes: outcomes.map((outcome) => ({ ...outcome, trades: [...outcome.trades] })) }
    }),
  ]
}
