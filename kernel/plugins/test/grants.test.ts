import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { amount } from '../../money/index.ts'
import type { Exchange, PlaceOrder } from '../../exchange/exchange.ts'
import type { JournalEntryRequest, Ledger } from '../../ledger/ledger.ts'
import { grantedExchange, grantedLedger } from '../grants.ts'
import type { PluginManifest } from '../manifest.ts'

const manifest = {
  id: 'sample',
  accounts: [{ id: 'fees:sample', title: 'Fees' }],
  grants: { ledgerAccounts: ['user:*/funding'] },
} as unknown as PluginManifest

const trx = {} as Knex.Transaction

/** What reaches the ledger behind the grants. */
function ledgerBehind(): { readonly ledger: Ledger; readonly reached: string[] } {
  const reached: string[] = []
  const ledger = {
    post: async () => {
      reached.push('post')
      return []
    },
    openAccount: async (_: Knex.Transaction, id: string) => void reached.push(id),
    balances: async () => [],
  } as unknown as Ledger
  return { ledger: grantedLedger(ledger, manifest), reached }
}

function entry(source: string, target: string): JournalEntryRequest {
  return {
    key: 'k',
    kind: 'sample.test',
    postings: [{ source, target, assetId: 'USDT', amount: amount(1n) }],
  }
}

const missing = { type: 'plugins.grant_missing' }

describe('grants', () => {
  it('let a plugin move money between its own accounts and those it was granted', async () => {
    const { ledger, reached } = ledgerBehind()
    await ledger.post(trx, [entry('user:42/funding', 'fees:sample')])
    assert.deepEqual(reached, ['post'])
  })

  for (const [source, target] of [
    ['user:42/spot', 'fees:sample'],
    ['user:42/funding', 'fees:spot'],
    ['user:42/x/funding', 'fees:sample'],
    ['xuser:42/funding', 'fees:sample'],
  ] as const) {
    it(`refuse a posting from ${source} to ${target}`, async () => {
      const { ledger, reached } = ledgerBehind()
      await assert.rejects(
        ledger.post(trx, [entry('user:1/funding', 'fees:sample'), entry(source, target)]),
        missing,
      )
      assert.deepEqual(reached, [])
    })
  }

  it('refuse to open an account of somebody else, and to define an asset', async () => {
    const { ledger } = ledgerBehind()
    await assert.rejects(ledger.openAccount(trx, 'fees:spot', 'house'), missing)
    await assert.rejects(ledger.defineAsset(trx, { id: 'X', name: 'X', scale: 0, tradingScale: 0 }), missing)
    await assert.rejects(ledger.placeHold(trx, { accountId: 'fees:spot' } as never), missing)
  })

  it('leave reading free', async () => {
    assert.deepEqual(await ledgerBehind().ledger.balances(['fees:spot']), [])
  })

  it('keep markets and house accounts from a plugin that did not ask for them', async () => {
    const exchange = grantedExchange({ markets: async () => [] } as unknown as Exchange, manifest)
    await assert.rejects(exchange.place({} as PlaceOrder), missing)
    await assert.rejects(exchange.houseAccount('maker', {}), missing)
    assert.deepEqual(await exchange.markets(), [])
  })
})
