import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { amount } from '../../money/index.ts'
import type { Exchange, Follower, PlaceOrder } from '../../exchange/exchange.ts'
import type { JournalEntryRequest, Ledger } from '../../ledger/ledger.ts'
import { grantedExchange, grantedLedger } from '../grants.ts'
import type { PluginManifest } from '../manifest.ts'
import { serverSource } from './fixture.ts'
import { sampleSuite } from './sample-suite.ts'

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

  it('keep markets, everybody’s orders and house accounts from a plugin that did not ask for them', async () => {
    const followed = async () => assert.fail('it follows')
    const exchange = grantedExchange(
      { markets: async () => [], follow: followed, fund: async () => 'minted' } as unknown as Exchange,
      manifest,
      async () => undefined,
    )
    await assert.rejects(exchange.place({} as PlaceOrder), missing)
    await assert.rejects(exchange.houseAccount('maker', {}), missing)
    await assert.rejects(exchange.follow({} as Follower, AbortSignal.abort()), missing)
    assert.deepEqual(await exchange.markets(), [])
    assert.equal('fund' in exchange, false)
  })

  it('ask the filters about every order of a user, however it comes, and not about a house account’s', async () => {
    const asked: unknown[] = []
    const reached: string[] = []
    const through = (name: string) => async () => void reached.push(name)
    const exchange = grantedExchange(
      {
        place: through('place'),
        amend: through('amend'),
        replace: through('replace'),
        placeList: through('placeList'),
        houseAccount: async () => 'house',
      } as unknown as Exchange,
      { ...manifest, grants: { engineMarkets: true, houseAccounts: true } } as PluginManifest,
      async (context) => {
        asked.push(context)
        if (context.price === '13') throw new Error('unlucky')
      },
    )
    const who = { userId: '7', marketId: 'BTC-USDT', key: 'k' }
    const terms = { side: 'buy', type: 'limit', quantity: '1', price: '100' } as const
    const unlucky = { ...terms, price: '13' } as const
    await exchange.place({ ...who, ...terms, clientOrderId: 'mine' })
    await exchange.place({ ...who, side: 'buy', type: 'market', quoteQuantity: '5' })
    const named = { userId: '7', marketId: 'BTC-USDT' }
    const placed = { ...named, action: 'place' }
    assert.deepEqual(asked, [
      { ...placed, ...terms },
      { ...placed, side: 'buy', type: 'market', quoteQuantity: '5' },
    ])
    await assert.rejects(exchange.place({ ...who, ...unlucky }), /unlucky/)
    await assert.rejects(exchange.amend({ ...who, orderId: '1', price: '13' }), /unlucky/)
    assert.deepEqual(asked.at(-1), { ...named, action: 'amend', orderId: '1', price: '13' })
    const replace = { ...who, cancel: { orderId: '1' }, mode: 'stopOnFailure', place: unlucky } as const
    await assert.rejects(exchange.replace(replace), /unlucky/)
    await assert.rejects(exchange.placeList({ ...who, kind: 'oco', orders: [terms, unlucky] }), /unlucky/)
    assert.deepEqual(reached, ['place', 'place'])
    await exchange.place({ ...who, ...unlucky, userId: await exchange.houseAccount('maker', {}) })
    assert.equal(reached.length, 3)
  })
})

describe('what a manifest does not declare', () => {
  const suite = sampleSuite()

  const calls: Readonly<Record<string, readonly [code: string, grant: string]>> = {
    'a ledger account': [
      `kernel.database.transaction((trx) => kernel.ledger.post(trx, [{ key: 'k', kind: 'sample.x', postings: [{ source: 'user:1/funding', target: 'fees:spot', assetId: 'USDT', amount: 1n }] }]))`,
      'ledgerAccounts: user:1/funding',
    ],
    'a table': [`kernel.database('ledger_postings').select('id')`, 'tables: ledger_postings'],
    'an event': [
      `kernel.database.transaction((trx) => kernel.events.emit(trx, { name: 'spot.order.filled' }, {}, { key: 'k' }))`,
      'events: spot.order.filled',
    ],
    'a host': [`kernel.fetch('https://example.org/')`, 'outboundHosts: example.org'],
    'a filter point': [
      `kernel.filters.apply({ name: 'spot.things.make@1' }, {})`,
      'filterPoints: spot.things.make@1',
    ],
    'a strategy point': [
      `kernel.strategies.ask({ name: 'assets.price@1' }, { assetId: 'BTC', quoteAssetId: 'USDT' })`,
      'strategies: assets.price@1',
    ],
    'a market': [`kernel.exchange.defineMarket({ id: 'A-B' })`, 'engineMarkets'],
    'a house account': [`kernel.exchange.houseAccount('maker', {})`, 'houseAccounts'],
    'a job': [`kernel.jobs.start('spot.daily')`, 'jobs: spot.daily'],
    'a channel to publish on': [
      `Promise.resolve().then(() => kernel.channels.publish('spot.book', 'x', {}))`,
      'channels: spot.book',
    ],
    'a channel to provide': [
      `Promise.resolve().then(() => kernel.channels.provide('spot.book', async () => 1))`,
      'channels: spot.book',
    ],
  }
  for (const [what, [code, grant]] of Object.entries(calls)) {
    it(`is refused by the name of the grant that is missing: ${what}`, async () => {
      const refusal = `await ${code}.catch((error) => { throw new Error('REFUSED ' + error.type + ' | ' + error.data.grant) })`
      await suite.plugins.write('sample', { 'server/server.ts': serverSource(1, { started: refusal }) })
      const { reason } = await suite.enable()
      assert.equal(
        reason?.match(/REFUSED .*/)?.[0]?.replace(/\.$/, ''),
        `REFUSED plugins.grant_missing | ${grant}`,
      )
    })
  }
})
