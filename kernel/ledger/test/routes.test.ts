import assert from 'node:assert/strict'
import { createBroker, silentLogger, type Broker, type Principal } from '../../broker/index.ts'
import { listLedgerAccounts, listLedgerEntries, runLedgerCheck } from '../routes.ts'
import { openLedgerPlace, type LedgerPlace } from './ledger-place.ts'
import { play } from './ledger-script.ts'

describe('ledger routes', () => {
  let place: LedgerPlace
  let broker: Broker
  const permissions = new Set(['ledger.accounts.read', 'ledger.checks.run'])
  const principal: Principal = { kind: 'user', userId: 'admin', permissions }
  before(async () => {
    place = await openLedgerPlace()
    await play(
      place,
      `
      post external:test/USDT -> alice/USDT 10 as first
      post alice/USDT -> bob/USDT 4 as second
      post external:test/BTC -> bob/BTC 0.5 as third
      hold H1 alice/USDT 1
    `,
    )
    broker = createBroker({ database: place.database, nodeId: 'ledger-routes', log: silentLogger })
    await broker.start()
    broker.publish('ledger', place.ledger.implementations)
  })
  after(async () => {
    await broker.stop()
    await place.close()
  })

  it('list accounts with balances, by prefix and page by page', async () => {
    const { items } = await broker.call(listLedgerAccounts, { prefix: 'user:' }, { principal })
    assert.deepEqual(
      items.map(({ id, kind, balances }) => [
        id,
        kind,
        balances.map(({ available, held }) => [available, held]),
      ]),
      [
        ['user:alice/funding', 'user', [['5', '1']]],
        [
          'user:bob/funding',
          'user',
          [
            ['0.5', '0'],
            ['4', '0'],
          ],
        ],
      ],
    )
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const params = { limit: 1, ...(cursor === undefined ? {} : { cursor }) }
      const answer = await broker.call(listLedgerAccounts, params, { principal })
      seen.push(...answer.items.map(({ id }) => id))
      cursor = answer.nextCursor
    } while (cursor !== undefined)
    assert.deepEqual(seen, ['external:test', 'fees:test', 'user:alice/funding', 'user:bob/funding'])
  })

  it('list entries newest first, by account and by key', async () => {
    const { items } = await broker.call(listLedgerEntries, { accountId: 'user:alice/funding' }, { principal })
    assert.deepEqual(
      items.map(({ key, postings }) => [key, postings.map(({ amount }) => amount)]),
      [
        ['second', ['4']],
        ['first', ['10']],
      ],
    )
    const { items: byKey } = await broker.call(listLedgerEntries, { key: 'third' }, { principal })
    assert.equal(byKey[0]?.postings[0]?.target, 'user:bob/funding')
    const page = await broker.call(listLedgerEntries, { limit: 2 }, { principal })
    const cursor = page.nextCursor ?? ''
    const rest = await broker.call(listLedgerEntries, { limit: 2, cursor }, { principal })
    assert.deepEqual(
      [...page.items, ...rest.items].map(({ key }) => key),
      ['third', 'second', 'first'],
    )
  })

  it('check the ledger', async () => {
    const { balanced, entries, assets, breaks } = await broker.call(runLedgerCheck, {}, { principal })
    assert.deepEqual([balanced, entries, breaks], [true, 3, []])
    const usdt = assets.find(({ asset }) => asset === 'USDT')
    assert.deepEqual([usdt?.debits, usdt?.credits], ['10', '10'])
  })

  it('are closed to strangers and to users without the permission', async () => {
    const stranger: Principal = { kind: 'user', userId: 'eve', permissions: new Set() }
    for (const route of [listLedgerAccounts, listLedgerEntries, runLedgerCheck] as const) {
      await assert.rejects(broker.call(route, {}, { principal: stranger }), {
        type: 'platform.permission_missing',
      })
      await assert.rejects(broker.call(route, {}, { principal: { kind: 'anonymous' } }), {
        type: 'platform.sign_in_required',
      })
    }
  })
})
