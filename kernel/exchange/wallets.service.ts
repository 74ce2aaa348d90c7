import { implement, type Implementation } from '../broker/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { formatAmount, zero } from '../money/index.ts'
import { walletAccountId } from './accounts.ts'
import type { TradingBalance } from './exchange.ts'
import type { House } from './house.ts'
import { assertOperator } from './operator.ts'
import { createFunding, createTransfer, listBalances, listTransfers, type Transfer } from './routes.ts'
import type { TransferDesk, Transfer as KeptTransfer } from './transfers.ts'

const TRANSFERS_SHOWN = 50

export interface WalletParts {
  readonly ledger: Ledger
  readonly transfers: TransferDesk
  readonly house: House
  readonly tradingBalances: (userId: string) => Promise<readonly TradingBalance[]>
}

function shown(transfer: KeptTransfer, scale: number): Transfer {
  const { id, assetId, amount, source, target, state, createdAt } = transfer
  const moved = { assetId, amount: formatAmount(amount, scale), from: source, to: target }
  return { id, ...moved, state, createdAt: createdAt.toISOString() }
}

const empty = { available: '0', held: '0' }

export function walletImplementations(parts: WalletParts): Implementation<never>[] {
  const { ledger, transfers, house, tradingBalances } = parts
  const scaleOf = async (assetId: string): Promise<number> => (await ledger.assets()).get(assetId)?.scale ?? 0
  return [
    implement(createTransfer, async ({ params, userId, idempotencyKey }) => {
      const { assetId, amount, from, to } = params
      const moved = { userId, assetId, amount, source: from, target: to } as const
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
        ledger.balances([walletAccountId(userId, 'funding')]),
        tradingBalances(userId),
      ])
      const items = [...assets.values()].map(({ id, name, scale }) => {
        const inLedger = funding.find((balance) => balance.assetId === id)
        const inEngine = spot.find((balance) => balance.assetId === id)
        const available = formatAmount(inLedger?.available ?? zero, scale)
        const held = formatAmount(inLedger?.held ?? zero, scale)
        const trading = inEngine ? { available: inEngine.available, held: inEngine.held } : empty
        return { assetId: id, name, funding: { available, held }, spot: trading }
      })
      return { items }
    }),
    implement(createFunding, async ({ params, principal, idempotencyKey }) => {
      assertOperator(principal)
      const { userId, assetId, amount, wallet, reason } = params
      const key = `operator:${idempotencyKey}`
      await house.fund({ userId, assetId, amount, wallet, source: 'external:operator', key, reason })
      return { userId, assetId, amount, wallet }
    }),
  ]
}
