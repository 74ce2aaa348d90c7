import type { Balance } from '@cambium/engine'
import { formatDecimal, parseDecimal, shortest } from './decimals.ts'
import type { EngineAccounts } from './accounts.ts'
import type { Exchange, TradingBalance } from './exchange.ts'
import type { MarketRegistry } from './markets.ts'
import type { Shards } from './shards.ts'

export interface BalanceParts {
  readonly shards: Shards
  readonly accounts: EngineAccounts
  readonly markets: MarketRegistry
}

type InShard = NonNullable<TradingBalance['shards']>[number]

function sum(parts: readonly string[]): string {
  return formatDecimal(parts.reduce((total, part) => total + parseDecimal(part), 0n))
}

function summed(assetId: string, shards: readonly InShard[]): TradingBalance {
  const available = sum(shards.map((part) => part.available))
  return { assetId, available, held: sum(shards.map((part) => part.held)), shards }
}

/** What users can trade with, straight from the engines; when one of them is away there is no sum. */
export function createBalanceReads({ shards, accounts, markets }: BalanceParts): Exchange['balances'] {
  return async (userId, marketId) => {
    const account = await accounts.open(userId)
    const asked = marketId === undefined ? shards.all : [await markets.home(marketId)]
    const readings = await Promise.all(asked.map(({ link }) => link.balances(account)))
    const found = readings.flatMap(({ balances }, index) =>
      balances.map((balance: Balance) => ({
        shard: asked[index]?.name ?? '',
        assetId: balance.asset,
        available: shortest(balance.available),
        held: shortest(balance.held),
      })),
    )
    if (asked.length === 1) return found.map(({ shard: _, ...balance }) => balance)
    const byAsset = Map.groupBy(found, ({ assetId }) => assetId)
    return [...byAsset].map(([assetId, parts]) =>
      summed(
        assetId,
        parts.map(({ assetId: _, ...part }) => part),
      ),
    )
  }
}
