import { implement, type Implementation } from '../broker/index.ts'
import { mainShard } from '../engine-shards.ts'
import type { Ledger } from '../ledger/index.ts'
import { formatAmount, zero } from '../money/index.ts'
import { fundingAccountId } from './accounts.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { assertOperator } from './operator.ts'
import { createFunding, createTransfer, listBalances, listTransfers, type Transfer } from './routes.ts'
import type { MarketRegistry } from './markets.ts'
import type { Transfer as KeptTransfer } from './transfer-table.ts'
import type { TransferDesk } from './transfers.ts'

const TRANSFERS_SHOWN = 50

export interface WalletParts {
  readonly ledger: Ledger
  readonly transfers: TransferDesk
  readonly house: House
  readonly markets: MarketRegistry
  readonly balances: Exchange['balances']
}

function shown(transfer: KeptTransfer, scale: number): Transfer {
  const { id, assetId, amount, source, target, state, createdAt } = transfer
  const moved = { assetId, amount: formatAmount(amount, scale), from: source, to: target }
  return { id, ...moved, state, createdAt: createdAt.toISOString() }
}

/** A spot wallet is named by a market that is paid from it; main has the one that is not named. */
async function shardOf({ markets }: WalletParts, marketId: string | undefined): Promise<string> {
  return marketId === undefined ? mainShard.name : (await markets.home(marketId)).name
}

const empty = { available: '0', held: '0' }

export function walletImplementations(parts: WalletParts): Implementation<never>[] {
  const { ledger, transfers, house, balances } = parts
  const scaleOf = async (assetId: string): Promise<number> => (await ledger.assets()).get(assetId)?.scale ?? 0
  return [
    implement(createTransfer, async ({ params, userId, idempotencyKey }) => {
      const { assetId, amount, from, to, fromMarketId, toMarketId } = params
      const sourceShard = await shardOf(parts, fromMarketId)
      const targetShard = await shardOf(parts, toMarketId)
      const moved = { userId, assetId, amount, source: from, target: to, sourceShard, targetShard } as const
      return shown(await transfers.create({ ...moved, key: idempotencyKey }), await scaleOf(assetId))
    }),
    implement(listTransfers, async ({ params, userId }) => {
      const assets = await ledger.assets()
      const items = await transfers.list(userId, params.limit ?? TRANSFERS_SHOWN)
      return { items: items.map((transfer) => shown(transfer, assets.get(transfer.assetId)?.scale ?? 0)) }
    }),
    implement(listBalances, async ({ userId }) => {
      const [assets, funding, spot] = await Promise.all([
        ledger.assets(),
        ledger.balances([fundingAccountId(userId)]),
        balances(userId),
      ])
      const items = [...assets.values()].map(({ id, name, scale }) => {
        const inLedger = funding.find((balance) => balance.assetId === id)
        const inEngine = spot.find((balance) => balance.assetId === id)
        const available = formatAmount(inLedger?.available ?? zero, scale)
        const held = formatAmount(inLedger?.held ?? zero, scale)
        const { assetId: _, shards, ...trading } = inEngine ?? { assetId: id, ...empty }
        const detail = shards ? { shards: [...shards] } : {}
        return { assetId: id, name, funding: { available, held }, spot: { ...trading, ...detail } }
      })
      return { items }
    }),
    implement(createFunding, async ({ params, principal, idempotencyKey }) => {
      assertOperator(principal)
      const { userId, assetId, amount, wallet, marketId, reason } = params
      const key = `operator:${idempotencyKey}`
      const shard = await shardOf(parts, marketId)
      await house.fund({ userId, assetId, amount, wallet, shard, source: 'external:operator', key, reason })
      return { userId, assetId, amount, wallet }
    }),
  ]
}
