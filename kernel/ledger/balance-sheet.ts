import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'
import { formatAmount, type Amount } from '../money/index.ts'
import type { AccountKind, Asset, Posting } from './ledger.ts'
import { ledgerRefusals } from './refusals.ts'

interface Line {
  readonly accountId: string
  readonly assetId: string
  readonly kind: AccountKind
  available: bigint
  held: bigint
  isChanged: boolean
}

interface LineRow {
  accountId: string
  kind: AccountKind
  assetId: string | null
  available: string
  held: string
}

/** The locked balances of the accounts one transaction touches, worked on in memory and written back in one statement. */
export class BalanceSheet {
  readonly #trx: Knex.Transaction
  readonly #assets: ReadonlyMap<string, Asset>
  readonly #kinds: ReadonlyMap<string, AccountKind>
  readonly #lines = new Map<string, Line>()

  private constructor(
    trx: Knex.Transaction,
    assets: ReadonlyMap<string, Asset>,
    kinds: ReadonlyMap<string, AccountKind>,
  ) {
    this.#trx = trx
    this.#assets = assets
    this.#kinds = kinds
  }

  /** Opens user accounts that are new; throws `ledger.account_not_found` for any other account that is missing. */
  static async open(
    trx: Knex.Transaction,
    assets: ReadonlyMap<string, Asset>,
    accountIds: Iterable<string>,
  ): Promise<BalanceSheet> {
    const wanted = [...new Set(accountIds)].sort()
    let rows = await lockLines(trx, wanted)
    const found = new Set(rows.map((row) => row.accountId))
    const missing = wanted.filter((id) => !found.has(id))
    if (missing.length > 0) {
      const stranger = missing.find((id) => !id.startsWith('user:'))
      if (stranger !== undefined) throw ledgerRefusals.account_not_found({ accountId: stranger })
      const opened = missing.map((id) => [id, 'user'])
      await execute(trx, 'INSERT INTO ledger_accounts (id, kind) VALUES ?', [opened])
      rows = [...rows, ...missing.map((accountId) => emptyAccount(accountId))]
    }
    const sheet = new BalanceSheet(trx, assets, new Map(rows.map((row) => [row.accountId, row.kind])))
    for (const row of rows) if (row.assetId !== null) sheet.#read(row, row.assetId)
    return sheet
  }

  #read({ accountId, kind, available, held }: LineRow, assetId: string): void {
    const amounts = { available: BigInt(available), held: BigInt(held) }
    this.#lines.set(`${accountId} ${assetId}`, { accountId, assetId, kind, ...amounts, isChanged: false })
  }

  #line(accountId: string, assetId: string): Line {
    const key = `${accountId} ${assetId}`
    const known = this.#lines.get(key)
    if (known) return known
    const kind = this.#kinds.get(accountId)
    if (!kind) throw new Error(`${accountId} is not on this balance sheet`)
    const line: Line = { accountId, assetId, kind, available: 0n, held: 0n, isChanged: false }
    this.#lines.set(key, line)
    return line
  }

  /** Applies one entry. Only its sum must respect the accounts' rules, not each posting on the way. */
  apply(postings: readonly Posting[]): void {
    const before = new Map<Line, bigint>()
    for (const { source, target, assetId, amount } of postings) {
      const [payer, receiver] = [this.#line(source, assetId), this.#line(target, assetId)]
      if (!before.has(payer)) before.set(payer, payer.available)
      if (!before.has(receiver)) before.set(receiver, receiver.available)
      payer.available -= amount
      receiver.available += amount
    }
    for (const [line, available] of before) {
      line.isChanged = true
      this.#refuseBrokenRule(line, available)
    }
  }

  hold(accountId: string, assetId: string, amount: Amount): void {
    const line = this.#line(accountId, assetId)
    const before = line.available
    line.available -= amount
    line.held += amount
    line.isChanged = true
    this.#refuseBrokenRule(line, before)
  }

  unhold(accountId: string, assetId: string, amount: Amount): void {
    const line = this.#line(accountId, assetId)
    line.held -= amount
    line.available += amount
    line.isChanged = true
  }

  // The database checks the same rules; asking first gives the caller a refusal that says what is missing.
  #refuseBrokenRule(line: Line, before: bigint): void {
    const { accountId, assetId } = line
    if (line.kind === 'user' && line.available < 0n) {
      const scale = this.#assets.get(assetId)?.scale ?? 0
      const format = (units: bigint): string => formatAmount(units as Amount, scale)
      throw ledgerRefusals.insufficient_funds({
        accountId,
        assetId,
        available: format(before),
        required: format(before - line.available),
      })
    }
    if (line.kind === 'external' && line.available + line.held > 0n) {
      throw ledgerRefusals.external_account_must_owe({ accountId, assetId })
    }
  }

  async save(): Promise<void> {
    const rows = [...this.#lines.values()]
      .filter((line) => line.isChanged)
      .sort((left, right) => compareLines(left, right))
      .map((line) => [line.accountId, line.assetId, line.kind, line.available, line.held])
    if (rows.length === 0) return
    await execute(
      this.#trx,
      `INSERT INTO ledger_balances (account_id, asset_id, kind, available, held) VALUES ?
       ON DUPLICATE KEY UPDATE available = VALUES(available), held = VALUES(held)`,
      [rows],
    )
  }
}

function compareLines(left: Line, right: Line): number {
  if (left.accountId !== right.accountId) return left.accountId < right.accountId ? -1 : 1
  return left.assetId < right.assetId ? -1 : 1
}

function emptyAccount(accountId: string): LineRow {
  return { accountId, kind: 'user', assetId: null, available: '0', held: '0' }
}

function lockLines(trx: Knex.Transaction, accountIds: readonly string[]): Promise<LineRow[]> {
  return selectRows<LineRow>(
    trx,
    `SELECT a.id accountId, a.kind, b.asset_id assetId, b.available, b.held
     FROM ledger_accounts a LEFT JOIN ledger_balances b ON b.account_id = a.id
     WHERE a.id IN (?) ORDER BY a.id, b.asset_id FOR UPDATE`,
    [accountIds],
  )
}
