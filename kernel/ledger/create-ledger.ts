import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import type { ParamsOf, ResultOf } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import type { PermissionDeclaration } from '../plugins/manifest.ts'
import { openAccount, readBalances } from './accounts.ts'
import { AssetRegistry, defineAsset } from './assets.ts'
import { checkLedger, type Barrier, type LedgerCheck } from './check.ts'
import { captureHold, expireHolds, placeHold, releaseHold } from './holds.ts'
import { postEntries } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { listAccounts, listEntries } from './listings.ts'
import { ledgerPermissions } from './permissions.ts'
import { listLedgerAccounts, listLedgerEntries, runLedgerCheck } from './routes.ts'

const HOLDS_A_TRANSACTION = 200

export interface LedgerModule extends Ledger {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Whoever is the truth for some accounts tells `check` how to compare them at one moment. */
  compareBehind(barrier: Barrier): void
  check(): Promise<LedgerCheck>
  listAccounts(query: ParamsOf<typeof listLedgerAccounts>): Promise<ResultOf<typeof listLedgerAccounts>>
  listEntries(query: ParamsOf<typeof listLedgerEntries>): Promise<ResultOf<typeof listLedgerEntries>>
  /** Expires every hold that was due at `now`; safe to run anywhere, any number of times. Answers how many. */
  expireHolds(now: Date): Promise<number>
}

export function createLedger({ database }: { database: Knex }): LedgerModule {
  const assets = new AssetRegistry(database)
  let barrier: Barrier | undefined
  const check = (): Promise<LedgerCheck> => checkLedger(database, barrier)
  return {
    assets: () => assets.all(),
    defineAsset,
    openAccount,
    post: (trx, entries) => postEntries(trx, assets, entries),
    placeHold: (trx, request) => placeHold(trx, assets, request),
    captureHold: (trx, holdId, entry) => captureHold(trx, assets, { holdId, entry }),
    releaseHold: (trx, holdId) => releaseHold(trx, assets, holdId),
    balances: (accountIds, trx) => readBalances(trx ?? database, accountIds),
    compareBehind: (given) => {
      barrier = given
    },
    check,
    listAccounts: async (query) => listAccounts(database, await assets.all(), query),
    listEntries: async (query) => listEntries(database, await assets.all(), query),
    expireHolds: async (now) => {
      let total = 0
      for (;;) {
        const due = { now, limit: HOLDS_A_TRANSACTION }
        const expired = await transaction(database, (trx) => expireHolds(trx, assets, due))
        total += expired
        if (expired < HOLDS_A_TRANSACTION) return total
      }
    },
    permissions: ledgerPermissions,
    implementations: [
      implement(listLedgerAccounts, async ({ params }) => listAccounts(database, await assets.all(), params)),
      implement(listLedgerEntries, async ({ params }) => listEntries(database, await assets.all(), params)),
      implement(runLedgerCheck, async () => {
        const { balanced, entries, assets: rows, breaks } = await check()
        return { balanced, entries, assets: [...rows], breaks: [...breaks] }
      }),
    ],
  }
}
