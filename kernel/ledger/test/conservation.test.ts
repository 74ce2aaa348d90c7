import assert from 'node:assert/strict'
import fc from 'fast-check'
import { transaction } from '../../database/index.ts'
import { amount } from '../../money/index.ts'
import type { JournalEntryRequest } from '../index.ts'
import { canonicalJson } from '../content.ts'
import { openLedgerPlace, type LedgerPlace } from './ledger-place.ts'

const accounts = ['external:test', 'fees:test', 'user:p1/funding', 'user:p2/funding', 'user:p3/spot'] as const

const posting = fc
  .record({
    source: fc.constantFrom(...accounts),
    target: fc.constantFrom(...accounts),
    assetId: fc.constantFrom('BTC', 'USDT'),
    amount: fc.bigInt({ min: 1n, max: 10n ** 30n }).map((units) => amount(units)),
  })
  .filter(({ source, target }) => source !== target)

describe('ledger conservation', () => {
  let place: LedgerPlace
  before(async () => {
    place = await openLedgerPlace()
  })
  after(() => place.close())

  it('creates and destroys nothing, whatever is posted and refused', async () => {
    const { ledger, database } = place
    let number = 0
    const batch = fc.array(fc.array(posting, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(batch, async (entries) => {
        number += 1
        const requests = entries.map((postings, index): JournalEntryRequest => {
          return { key: `p-${number}-${index}`, kind: 'test.random', postings }
        })
        const before = await ledger.balances(accounts)
        try {
          await transaction(database, (trx) => ledger.post(trx, requests))
        } catch (error) {
          assert.match(String((error as { type?: string }).type), /^ledger\./)
          assert.deepEqual(await ledger.balances(accounts), before)
        }
        const sums = new Map<string, bigint>()
        for (const { assetId, available, held } of await ledger.balances(accounts)) {
          sums.set(assetId, (sums.get(assetId) ?? 0n) + available + held)
        }
        assert.ok([...sums.values()].every((sum) => sum === 0n))
      }),
      { numRuns: 120 },
    )
    const { balanced, breaks, entries } = await ledger.check()
    assert.ok(balanced, JSON.stringify(breaks))
    assert.ok(entries > 0, 'some batches were posted')
  })

  it('spells equal content equally, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
        const reversed = Object.fromEntries(Object.entries(content).reverse())
        assert.equal(canonicalJson(reversed), canonicalJson(content))
      }),
    )
  })
})
