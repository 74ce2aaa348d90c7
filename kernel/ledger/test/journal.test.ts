import assert from 'node:assert/strict'
import { transaction } from '../../database/index.ts'
import { amount } from '../../money/index.ts'
import { openLedgerPlace, type LedgerPlace } from './ledger-place.ts'
import { play } from './ledger-script.ts'

describe('journal', () => {
  let place: LedgerPlace
  before(async () => {
    place = await openLedgerPlace()
  })
  after(() => place.close())

  it('moves what an account has, and refuses what it has not', () =>
    play(
      place,
      `
      post external:test/USDT -> alice/USDT 10
      post alice/USDT -> bob/USDT 4
      post alice/USDT -> bob/USDT 6.00000001      ledger.insufficient_funds
      alice/USDT available 6 held 0
      bob/USDT available 4 held 0
      external:test/USDT available -10 held 0
    `,
    ))

  it('answers a key it knows with the first entry, and refuses other content under it', () =>
    play(
      place,
      `
      post external:test/USDT -> carol/USDT 10 as K1
      post external:test/USDT -> carol/USDT 10 as K1
      carol/USDT available 10 held 0
      post external:test/USDT -> carol/USDT 11 as K1     ledger.idempotency_conflict
      post external:test/BTC -> carol/BTC 10 as K1       ledger.idempotency_conflict
      carol/USDT available 10 held 0
    `,
    ))

  it('keeps an external account at or below zero and lets a house account go either way', () =>
    play(
      place,
      `
      post external:test/BTC -> fees:test/BTC 1
      post fees:test/BTC -> external:test/BTC 2           ledger.external_account_must_owe
      post fees:test/USDT -> dave/USDT 5
      fees:test/USDT available -5 held 0
    `,
    ))

  it('refuses unknown assets and accounts, and an account that pays itself', () =>
    play(
      place,
      `
      post external:test/DOGE -> alice/DOGE 1             ledger.asset_not_found
      post external:nowhere/USDT -> alice/USDT 1          ledger.account_not_found
      post alice/USDT -> alice/USDT 1                     ledger.accounts_must_be_different
      post external:test/USDT -> alice/USDT 0             ledger.amount_must_be_positive
    `,
    ))

  it('posts all entries of a batch or none', async () => {
    const { ledger, database } = place
    const posting = {
      source: 'external:test',
      target: 'user:erin/funding',
      assetId: 'USDT',
      amount: amount(5n),
    }
    const entry = { key: 'batch-1', kind: 'test.move', postings: [posting] }
    const tooMuch = { ...posting, source: 'user:erin/funding', target: 'fees:test', amount: amount(6n) }
    const batch = [entry, { key: 'batch-2', kind: 'test.move', postings: [tooMuch] }]
    await assert.rejects(
      transaction(database, (trx) => ledger.post(trx, batch)),
      {
        type: 'ledger.insufficient_funds',
        data: {
          accountId: 'user:erin/funding',
          assetId: 'USDT',
          available: '0.00000005',
          required: '0.00000006',
        },
      },
    )
    assert.deepEqual(await ledger.balances(['user:erin/funding']), [])
    const answers = await transaction(database, (trx) => ledger.post(trx, [entry, entry]))
    assert.deepEqual(
      answers.map((answer) => answer.isDuplicate),
      [false, true],
    )
    assert.equal(answers[0]?.id, answers[1]?.id)
  })

  it('lets the postings of one entry cross below zero on the way when their sum does not', async () => {
    const { ledger, database } = place
    const out = { source: 'user:frank/funding', target: 'fees:test', assetId: 'USDT', amount: amount(3n) }
    const back = {
      source: 'external:test',
      target: 'user:frank/funding',
      assetId: 'USDT',
      amount: amount(5n),
    }
    const entry = { key: 'swap', kind: 'test.swap', postings: [out, back] }
    await transaction(database, (trx) => ledger.post(trx, [entry]))
    const [balance] = await ledger.balances(['user:frank/funding'])
    assert.equal(balance?.available, 2n)
  })

  it('serves writers of the same accounts at once without a deadlock or a lost posting', async () => {
    const { ledger, database } = place
    const names = ['user:x1/funding', 'user:x2/funding', 'user:x3/funding']
    const fund = names.map((target) => ({
      source: 'external:test',
      target,
      assetId: 'USDT',
      amount: amount(1000n),
    }))
    await transaction(database, (trx) =>
      ledger.post(trx, [{ key: 'fund-x', kind: 'test.fund', postings: fund }]),
    )
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const [source, target] = [names[index % 3]!, names[(index + 1 + (index % 2)) % 3]!]
        const posting = { source, target, assetId: 'USDT', amount: amount(7n) }
        const entry = { key: `cross-${index}`, kind: 'test.move', postings: [posting] }
        // No retry here: a deadlock would fail the test.
        return database.transaction((trx) => ledger.post(trx, [entry]))
      }),
    )
    const total = (await ledger.balances(names)).reduce((sum, balance) => sum + balance.available, 0n)
    assert.equal(total, 3000n)
    assert.equal((await ledger.check()).balanced, true)
  })

  it('lets each writer of the same key at once have the same answer, and posts once', async () => {
    const { ledger, database } = place
    const posting = {
      source: 'external:test',
      target: 'user:race/funding',
      assetId: 'BTC',
      amount: amount(9n),
    }
    const entry = { key: 'race', kind: 'test.move', postings: [posting] }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => database.transaction((trx) => ledger.post(trx, [entry]))),
    )
    assert.equal(new Set(answers.map(([answer]) => answer?.id)).size, 1)
    assert.equal(answers.filter(([answer]) => answer?.isDuplicate === false).length, 1)
    const [balance] = await ledger.balances(['user:race/funding'])
    assert.equal(balance?.available, 9n)
  })

  it('keeps an asset as it was first defined', async () => {
    const { ledger, database } = place
    const asset = { id: 'BTC', name: 'Bitcoin', scale: 8, tradingScale: 8 }
    await transaction(database, (trx) => ledger.defineAsset(trx, asset))
    await assert.rejects(
      transaction(database, (trx) => ledger.defineAsset(trx, { ...asset, scale: 9 })),
      { type: 'ledger.asset_must_not_change' },
    )
    assert.equal((await ledger.assets()).get('BTC')?.scale, 8)
  })
})
