import type { Knex } from 'knex'
import type { ParamsOf, ResultOf } from '../contract/index.ts'
import { escapeLike } from '../database/index.ts'
import { formatAmount, type Amount } from '../money/index.ts'
import { readBalances } from './accounts.ts'
import type { AccountKind, Asset } from './ledger.ts'
import type { listLedgerAccounts, listLedgerEntries } from './routes.ts'

const LIMIT_DEFAULT = 50

type Assets = ReadonlyMap<string, Asset>

function formatUnits(assets: Assets, assetId: string, units: bigint): string {
  return formatAmount(units as Amount, assets.get(assetId)?.scale ?? 0)
}

export async function listAccounts(
  database: Knex,
  assets: Assets,
  { prefix = '', limit = LIMIT_DEFAULT, cursor = '' }: ParamsOf<typeof listLedgerAccounts>,
): Promise<ResultOf<typeof listLedgerAccounts>> {
  const accounts = await database<{ id: string; kind: AccountKind }>('ledger_accounts')
    .select('id', 'kind')
    .where('id', 'like', `${escapeLike(prefix)}%`)
    .where('id', '>', cursor)
    .orderBy('id')
    .limit(limit + 1)
  const shown = accounts.slice(0, limit)
  const balances = await readBalances(
    database,
    shown.map((account) => account.id),
  )
  const items = shown.map(({ id, kind }) => ({
    id,
    kind,
    balances: balances
      .filter((balance) => balance.accountId === id)
      .map(({ assetId, available, held }) => ({
        assetId,
        available: formatUnits(assets, assetId, available),
        held: formatUnits(assets, assetId, held),
      })),
  }))
  const last = shown.at(-1)
  return accounts.length > limit && last ? { items, nextCursor: last.id } : { items }
}

interface EntryRow {
  id: string
  key: string
  kind: string
  data: string
  hash: Buffer
  createdAt: Date
}

interface PostingRow {
  entryId: string
  source: string
  target: string
  assetId: string
  amount: string
}

async function selectEntries(
  database: Knex,
  { accountId, key, limit = LIMIT_DEFAULT, cursor }: ParamsOf<typeof listLedgerEntries>,
): Promise<EntryRow[]> {
  const query = database<EntryRow>('ledger_entries')
    .select('id', 'key', 'kind', 'data', 'hash', { createdAt: 'created_at' })
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) void query.where('id', '<', cursor)
  if (key !== undefined) void query.where({ key })
  if (accountId !== undefined) {
    void query.whereIn('id', (ids) => {
      void ids
        .select('entry_id')
        .from('ledger_postings')
        .where({ source: accountId })
        .union([database('ledger_postings').select('entry_id').where({ target: accountId })])
    })
  }
  return (await query) as EntryRow[]
}

export async function listEntries(
  database: Knex,
  assets: Assets,
  params: ParamsOf<typeof listLedgerEntries>,
): Promise<ResultOf<typeof listLedgerEntries>> {
  const limit = params.limit ?? LIMIT_DEFAULT
  const rows = await selectEntries(database, params)
  const shown = rows.slice(0, limit)
  const postings = await database<PostingRow>('ledger_postings')
    .select({ entryId: 'entry_id', assetId: 'asset_id' }, 'source', 'target', 'amount')
    .whereIn(
      'entry_id',
      shown.map((row) => row.id),
    )
    .orderBy(['entry_id', 'number'])
  const items = shown.map((row) => ({
    id: row.id.toString(),
    key: row.key,
    kind: row.kind,
    data: JSON.parse(row.data) as Record<string, unknown>,
    createdAt: row.createdAt.toISOString(),
    hash: row.hash.toString('hex'),
    postings: (postings as PostingRow[])
      .filter((posting) => posting.entryId === row.id)
      .map(({ source, target, assetId, amount }) => ({
        source,
        target,
        assetId,
        amount: formatUnits(assets, assetId, BigInt(amount)),
      })),
  }))
  const last = shown.at(-1)
  return rows.length > limit && last ? { items, nextCursor: last.id.toString() } : { items }
}
