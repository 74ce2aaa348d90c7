import type { Exchange } from '../exchange/exchange.ts'
import type { LedgerModule } from '../ledger/index.ts'
import { addDecimals } from '../money/index.ts'

export interface WalletAmount {
  readonly walletId: string
  readonly assetId: string
  readonly available: string
  readonly held: string
}

export interface WalletAmountParts {
  readonly ledger: Pick<LedgerModule, 'listAccounts'>
  readonly exchange: Pick<Exchange, 'balances'>
}

const ACCOUNTS_MAX = 500
const isSomething = (amount: string): boolean => /[1-9]/.test(amount)

/**
 * What a user has, by wallet and asset. The engine is the truth of the trading wallet: the ledger follows it, so its
 * accounts of that wallet are not counted.
 */
export async function walletAmounts(
  { ledger, exchange }: WalletAmountParts,
  userId: string,
): Promise<readonly WalletAmount[]> {
  const prefix = `user:${userId}/`
  const [accounts, trading] = await Promise.all([
    ledger.listAccounts({ prefix, limit: ACCOUNTS_MAX }),
    exchange.balances(userId),
  ])
  const kept = accounts.items.flatMap(({ id, balances }) => {
    const walletId = id.slice(prefix.length)
    if (/^spot\b/.test(walletId)) return []
    return balances.map(({ assetId, available, held }) => ({ walletId, assetId, available, held }))
  })
  const traded = trading.map(({ assetId, available, held }) => ({
    walletId: 'spot',
    assetId,
    available,
    held,
  }))
  return [...kept, ...traded].filter(({ available, held }) => isSomething(available) || isSomething(held))
}

/** Everything a user has of each asset, free or held, in all wallets. */
export function amountsByAsset(amounts: readonly WalletAmount[]): ReadonlyMap<string, string> {
  const sums = new Map<string, string>()
  for (const { assetId, available, held } of amounts)
    sums.set(assetId, [sums.get(assetId) ?? '0', available, held].reduce(addDecimals))
  return sums
}
