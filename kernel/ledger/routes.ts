import { decimal, id, page, pageOf, route, signedDecimal, timestamp } from '../contract/index.ts'
import {
  Array,
  Boolean,
  Enum,
  Integer,
  Object,
  Optional,
  Record,
  String,
  Unknown,
  type Static,
} from 'typebox'

const accountId = String({ minLength: 1, maxLength: 100 })

export const LedgerAccount = Object({
  id: accountId,
  kind: Enum(['user', 'house', 'external']),
  balances: Array(Object({ assetId: id, available: signedDecimal, held: decimal })),
})
export type LedgerAccount = Static<typeof LedgerAccount>

export const listLedgerAccounts = route({
  action: 'ledger.accounts.list',
  rest: 'GET /ledger/accounts',
  summary: 'List ledger accounts with their balances',
  description: 'By id, ascending. `prefix` narrows the list: `user:42/` is everything one user has.',
  permission: 'ledger.accounts.read',
  params: Object({ prefix: Optional(accountId), ...page }, { additionalProperties: false }),
  result: pageOf(LedgerAccount),
  csvRows: 'balances',
  errors: [],
})

export const LedgerEntry = Object({
  id,
  key: String(),
  kind: String(),
  data: Record(String(), Unknown()),
  createdAt: timestamp,
  hash: String(),
  postings: Array(Object({ source: accountId, target: accountId, assetId: id, amount: decimal })),
})
export type LedgerEntry = Static<typeof LedgerEntry>

export const listLedgerEntries = route({
  action: 'ledger.entries.list',
  rest: 'GET /ledger/entries',
  summary: 'List journal entries with their postings',
  description:
    'Newest first. `accountId` keeps those that pay from or to the account, `key` the one with that key.',
  permission: 'ledger.accounts.read',
  params: Object(
    { accountId: Optional(accountId), key: Optional(String({ maxLength: 190 })), ...page },
    { additionalProperties: false },
  ),
  result: pageOf(LedgerEntry),
  csvRows: 'postings',
  errors: [],
})

export const LedgerCheckResult = Object({
  balanced: Boolean(),
  entries: Integer(),
  assets: Array(
    Object({
      asset: id,
      debits: signedDecimal,
      credits: signedDecimal,
      engine: signedDecimal,
      ledger: signedDecimal,
      difference: signedDecimal,
    }),
  ),
  breaks: Array(
    Object({
      rule: String(),
      detail: String(),
      accountId: Optional(String()),
      assetId: Optional(String()),
      expected: Optional(signedDecimal),
      actual: Optional(signedDecimal),
    }),
  ),
})
export type LedgerCheckResult = Static<typeof LedgerCheckResult>

export const runLedgerCheck = route({
  action: 'ledger.checks.run',
  rest: 'POST /ledger/checks',
  summary: 'Check every invariant of the ledger, and that it agrees with the engine',
  description:
    'Recomputes balances, holds and the hash chain, and compares trading accounts with the engine at one sequence. ' +
    'Settlement waits while the balances are compared, trading does not.',
  permission: 'ledger.checks.run',
  changesNothing: true,
  params: Object({}, { additionalProperties: false }),
  result: LedgerCheckResult,
  errors: ['exchange.engine_unavailable', 'exchange.settlement_is_behind'],
})
export { ledgerRefusals } from './refusals.ts'
