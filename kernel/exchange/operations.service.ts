import { implement, type Implementation } from '../broker/index.ts'
import type { EngineAccounts } from './accounts.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { MarketRegistry } from './markets.ts'
import { assertOperator } from './operator.ts'
import type { Progress } from './progress.ts'
import type { Reservations } from './reservations.ts'
import type { Shard, Shards } from './shards.ts'
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
  readonly shards: Shards
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
  readonly progress: Progress
  readonly reservations: Reservations
  readonly house: House
  readonly balances: Exchange['balances']
}

async function engineStatus({ name, link }: Shard): Promise<ExchangeStatus['engines'][number]> {
  try {
    return { shard: name, isAvailable: true, seq: await link.seq() }
  } catch {
    return { shard: name, isAvailable: false }
  }
}

async function status({ shards, progress }: OperationParts): Promise<ExchangeStatus> {
  const engines = await Promise.all(shards.all.map(engineStatus))
  const followers = progress.all().map(([name, seq]) => {
    const shard = shards.of(seq)?.name ?? shards.main.name
    const engineSeq = engines.find((engine) => engine.shard === shard)?.seq
    const followed = { name, shard, seq }
    return engineSeq === undefined ? followed : { ...followed, lag: Math.max(0, engineSeq - seq) }
  })
  return { isEngineAvailable: engines.every(({ isAvailable }) => isAvailable), engines, followers }
}

/** What the operator and the operator's commands do. */
export function operationImplementations(parts: OperationParts): Implementation<never>[] {
  const { shards, accounts, markets, reservations, house, balances } = parts
  return [
    implement(showStatus, () => status(parts)),
    implement(listOpenOrders, async ({ params: { marketId } }) => {
      const { link } = await markets.home(marketId)
      const { seq, orders } = await link.openOrders(marketId)
      const counts = new Map<number, number>()
      for (const { account } of orders) counts.set(account, (counts.get(account) ?? 0) + 1)
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
    implement(createHouseAccount, async ({ params: { name, funding, marketId }, principal }) => {
      assertOperator(principal)
      const amounts = Object.fromEntries(funding.map(({ assetId, amount }) => [assetId, amount]))
      const home = marketId === undefined ? shards.main : await markets.home(marketId)
      const userId = await house.account(name, amounts, home.name)
      const found = await balances(userId, marketId)
      return { userId, balances: found.map(({ shards: _, ...balance }) => balance) }
    }),
    implement(submitHouseOrders, async ({ params: { marketId, operations }, principal, idempotencyKey }) => {
      assertOperator(principal)
      const outcomes = await house.submit({ marketId, operations, key: idempotencyKey })
      return { outcomes: outcomes.map((outcome) => ({ ...outcome, trades: [...outcome.trades] })) }
    }),
  ]
}
