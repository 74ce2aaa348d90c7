import type { Knex } from 'knex'
import { selectRows } from '../database/index.ts'
import { formatAmount, type Amount } from '../money/index.ts'
import { readBalances } from './accounts.ts'
import { sumHolds } from './holds.ts'
import type { Asset, Balance } from './ledger.ts'
import { verifyChain } from './verify-chain.ts'

/** Something that is not as it must be. `expected` and `actual` are in whole units of the asset. */
export interface LedgerBreak {
  readonly rule:
    | 'balance_equals_postings'
    | 'holds_equal_held'
    | 'trial_balance'
    | 'hash_chain'
    | 'engine_equals_ledger'
    | 'transit_equals_open_transfers'
  readonly detail: string
  readonly accountId?: string
  readonly assetId?: string
  readonly expected?: string
  readonly actual?: string
}

export interface AssetCheck {
  readonly asset: string
  /** What the accounts below zero owe. */
  readonly debits: string
  /** What the accounts above zero are owed; equal to `debits` or something is broken. */
  readonly credits: string
  /** Sum of the engine's balances, and of the ledger's trading accounts at the same sequence. */
  readonly engine: string
  readonly ledger: string
  readonly difference: string
}

export interface LedgerCheck {
  readonly balanced: boolean
  readonly entries: number
  readonly assets: readonly AssetCheck[]
  readonly breaks: readonly LedgerBreak[]
}

export interface TruthLine {
  readonly accountId: string
  readonly assetId: string
  readonly amount: Amount
}

/** Balances somebody else is the truth for, all as of one moment. */
export interface ExternalTruth {
  readonly lines: readonly TruthLine[]
  /** Whether a ledger account must equal these lines; one that is not among them must then be empty. */
  covers(accountId: string): boolean
  /** Accounts between the two homes, and what must lie there, read in the check's own snapshot. */
  isTransit(accountId: string): boolean
  transit(trx: Knex.Transaction): Promise<readonly TruthLine[]>
}

/** Runs `compare` while the ledger stands exactly at the moment of the truth it is given. */
export type Barrier = <T>(compare: (truth: ExternalTruth) => Promise<T>) => Promise<T>

const noTruth: ExternalTruth = {
  lines: [],
  covers: () => false,
  isTransit: () => false,
  transit: () => Promise.resolve([]),
}

interface Snapshot {
  readonly truth: ExternalTruth
  readonly balances: readonly Balance[]
  readonly transit: readonly TruthLine[]
}

/** The trial balance and every invariant, on one consistent snapshot; writers are held up only while it is taken. */
export async function checkLedger(database: Knex, barrier: Barrier | undefined): Promise<LedgerCheck> {
  const trx = await database.transaction({ isolationLevel: 'repeatable read' })
  try {
    const take = async (truth: ExternalTruth): Promise<Snapshot> => ({
      truth,
      // The first read fixes the snapshot all later reads of this transaction see.
      balances: await readBalances(trx, 'all'),
      transit: await truth.transit(trx),
    })
    const snapshot = await (barrier ? barrier(take) : take(noTruth))
    return await examine(trx, snapshot)
  } finally {
    await trx.rollback()
  }
}

async function examine(trx: Knex.Transaction, { truth, balances, transit }: Snapshot): Promise<LedgerCheck> {
  const assets = await trx<Asset>('ledger_assets').select('id', 'scale').orderBy('id')
  const scales = new Map(assets.map(({ id, scale }) => [id, scale]))
  const format = (assetId: string, units: bigint): string =>
    formatAmount(units as Amount, scales.get(assetId) ?? 0)
  const totals = new Map(balances.map((line) => [lineKey(line), line.available + line.held]))
  const held = new Map(balances.map((line) => [lineKey(line), line.held as bigint]))
  const comparer = createComparer(format)

  comparer.compare('balance_equals_postings', await sumPostings(trx), totals)
  comparer.compare('holds_equal_held', await sumHolds(trx), held)
  const covered = new Map([...totals].filter(([key]) => truth.covers(accountOf(key))))
  comparer.compare('engine_equals_ledger', toMap(truth.lines), covered)
  const between = new Map([...totals].filter(([key]) => truth.isTransit(accountOf(key))))
  comparer.compare('transit_equals_open_transfers', toMap(transit), between)

  const chain = await verifyChain(trx)
  if (chain.broken !== undefined) comparer.breaks.push({ rule: 'hash_chain', detail: chain.broken })
  const rows = assets.map(({ id }) => assetCheck(id, { totals, covered, lines: truth.lines, format }))
  for (const row of rows) {
    if (row.debits === row.credits) continue
    const sums = { expected: row.debits, actual: row.credits }
    const detail = 'the sum of all balances is not zero'
    comparer.breaks.push({ rule: 'trial_balance', detail, assetId: row.asset, ...sums })
  }
  return {
    balanced: comparer.breaks.length === 0,
    entries: chain.entries,
    assets: rows,
    breaks: comparer.breaks,
  }
}

type Format = (assetId: string, units: bigint) => string

function lineKey({ accountId, assetId }: { accountId: string; assetId: string }): string {
  return `${accountId} ${assetId}`
}

function accountOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' '))
}

function toMap(lines: readonly TruthLine[]): Map<string, bigint> {
  return new Map(lines.map((line) => [lineKey(line), line.amount]))
}

interface AssetContext {
  readonly totals: ReadonlyMap<string, bigint>
  readonly covered: ReadonlyMap<string, bigint>
  readonly lines: readonly TruthLine[]
  readonly format: Format
}

function assetCheck(assetId: string, { totals, covered, lines, format }: AssetContext): AssetCheck {
  const ofAsset = (source: ReadonlyMap<string, bigint>): bigint[] =>
    [...source].filter(([key]) => key.endsWith(` ${assetId}`)).map(([, units]) => units)
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n)
  const balances = ofAsset(totals)
  const ledger = sum(ofAsset(covered))
  const engine = sum(lines.filter((line) => line.assetId === assetId).map((line) => line.amount))
  return {
    asset: assetId,
    debits: format(assetId, -sum(balances.filter((value) => value < 0n))),
    credits: format(assetId, sum(balances.filter((value) => value > 0n))),
    engine: format(assetId, engine),
    ledger: format(assetId, ledger),
    difference: format(assetId, engine - ledger),
  }
}

const details = {
  balance_equals_postings: 'the balance is not the sum of its postings',
  holds_equal_held: 'what is held is not the sum of the placed holds',
  engine_equals_ledger: 'the engine and the ledger disagree',
  transit_equals_open_transfers: 'what is in transit is not the sum of the open transfers',
} as const

function createComparer(format: Format): {
  breaks: LedgerBreak[]
  compare(
    rule: keyof typeof details,
    expected: ReadonlyMap<string, bigint>,
    actual: ReadonlyMap<string, bigint>,
  ): void
} {
  const breaks: LedgerBreak[] = []
  return {
    breaks,
    compare: (rule, expected, actual) => {
      for (const key of new Set([...expected.keys(), ...actual.keys()])) {
        const [wanted, found] = [expected.get(key) ?? 0n, actual.get(key) ?? 0n]
        if (wanted === found) continue
        const accountId = accountOf(key)
        const assetId = key.slice(accountId.length + 1)
        breaks.push({
          rule,
          detail: details[rule],
          accountId,
          assetId,
          expected: format(assetId, wanted),
          actual: format(assetId, found),
        })
      }
    },
  }
}

async function sumPostings(trx: Knex.Transaction): Promise<Map<string, bigint>> {
  const rows = await selectRows<{ accountId: string; assetId: string; units: string }>(
    trx,
    `SELECT accountId, assetId, SUM(units) units FROM (
       SELECT target accountId, asset_id assetId, SUM(amount) units FROM ledger_postings GROUP BY target, asset_id
       UNION ALL
       SELECT source, asset_id, -SUM(amount) FROM ledger_postings GROUP BY source, asset_id
     ) moves GROUP BY accountId, assetId`,
  )
  return new Map(rows.map((row) => [lineKey(row), BigInt(row.units)]))
}
