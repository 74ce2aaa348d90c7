export {
  type Barrier,
  type ExternalTruth,
  type LedgerBreak,
  type LedgerCheck,
  type TruthLine,
} from './check.ts'
export { createLedger, type LedgerModule } from './create-ledger.ts'
export type {
  AccountKind,
  Asset,
  Balance,
  Hold,
  HoldRequest,
  JournalEntry,
  JournalEntryRequest,
  Ledger,
  Posting,
} from './ledger.ts'
export { ledgerRefusals } from './refusals.ts'
