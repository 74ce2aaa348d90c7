import type { ContextOf } from '../contract/index.ts'
import type { Ledger } from '../ledger/index.ts'
import { ledgerRefusals } from '../ledger/routes.ts'
import { parseAmount, zero } from '../money/index.ts'
import type { FilterDeclaration } from '../plugins/manifest.ts'
import { purchaseAuthorize } from './points.ts'
import { filtersRefusals } from './refusals.ts'

type Purchase = ContextOf<typeof purchaseAuthorize>

export interface PurchaseParts {
  readonly ledger: Ledger
  readonly findUser: (userId: string) => Promise<{ readonly level: number } | undefined>
}

export interface PurchaseFilters {
  readonly declared: readonly FilterDeclaration[]
  readonly filters: Readonly<Record<string, (context: Purchase) => Promise<void>>>
}

/** What the kernel itself asks before a user buys: the level first, then whether the money is there. */
export function purchaseFilters({ ledger, findUser }: PurchaseParts): PurchaseFilters {
  return {
    declared: [
      { point: purchaseAuthorize.name, id: 'kernel.level', order: 100 },
      { point: purchaseAuthorize.name, id: 'kernel.balance', order: 200 },
    ],
    filters: {
      'kernel.level': async ({ userId, levelMin = 0 }) => {
        if (levelMin === 0) return
        const level = (await findUser(userId))?.level ?? 0
        if (level < levelMin) throw filtersRefusals.level_too_low({ level, levelMin })
      },
      // The posting decides; this only says so before anything else is done.
      'kernel.balance': async ({ userId, assetId, amount }) => {
        const asset = (await ledger.assets()).get(assetId)
        if (!asset) throw ledgerRefusals.asset_not_found({ assetId })
        const balances = await ledger.balances([`user:${userId}/funding`])
        const available = balances.find((balance) => balance.assetId === assetId)?.available ?? zero
        if (available < parseAmount(amount, asset.scale)) {
          throw ledgerRefusals.insufficient_funds({ assetId, required: amount })
        }
      },
    },
  }
}
