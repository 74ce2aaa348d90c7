import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { amount } from '../money/index.ts'
import { lockChain } from './chain.ts'
import type { AccountKind, Balance } from './ledger.ts'
import { ledgerRefusals } from './refusals.ts'

/** Opens the account unless it is there. Throws `ledger.account_kind_must_not_change`. */
export async function openAccount(trx: Knex.Transaction, id: string, kind: AccountKind): Promise<void> {
  // Behind the chain's lock like every other write, because a poster may want the same account right now.
  await lockChain(trx)
  await execute(trx, 'INSERT IGNORE INTO ledger_accounts (id, kind) VALUES (?, ?)', [id, kind])
  const statement = 'SELECT kind FROM ledger_accounts WHERE id = ? LOCK IN SHARE MODE'
  const [opened] = await selectRows<{ kind: AccountKind }>(trx, statement, [id])
  if (opened?.kind !== kind) throw ledgerRefusals.account_kind_must_not_change({ accountId: id })
}

interface BalanceRow {
  accountId: string
  assetId: string
  available: string
  held: string
}

export function toBalance({ accountId, assetId, available, held }: BalanceRow): Balance {
  return { accountId, assetId, available: amount(BigInt(available)), held: amount(BigInt(held)) }
}

/** Every balance of the accounts, or of all accounts there are. */
export async function readBalances(source: Knex, accounts: readonly string[] | 'all'): Promise<Balance[]> {
  const query = source<BalanceRow>('ledger_balances')
    .select({ accountId: 'account_id', assetId: 'asset_id' }, 'available', 'held')
    .orderBy(['account_id', 'asset_id'])
  if (accounts !== 'all') void query.whereIn('account_id', [...accounts])
  const rows = (await query) as BalanceRow[]
  return rows.map((row) => toBalance(row))
}
