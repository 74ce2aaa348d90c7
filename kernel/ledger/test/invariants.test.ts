import assert from 'node:assert/strict'
import { transaction } from '../../database/index.ts'
import { openLedgerPlace, type LedgerPlace } from './ledger-place.ts'
import { play } from './ledger-script.ts'

/** What a person with the database's password might try. Either the database refuses, or the check tells. */
describe('ledger invariants', () => {
  let place: LedgerPlace
  before(async () => {
    place = await openLedgerPlace()
    await play(
      place,
      `
      post external:test/USDT -> alice/USDT 10
      post alice/USDT -> bob/USDT 4
      hold H1 alice/USDT 1
      hold H2 alice/USDT 1
      release H2
    `,
    )
  })
  after(() => place.close())

  const alice = "account_id = 'user:alice/funding'"
  const refused: Readonly<Record<string, string>> = {
    'overdraws a user': `UPDATE ledger_balances SET available = -1 WHERE ${alice}`,
    'holds less than nothing': `UPDATE ledger_balances SET held = -1 WHERE ${alice}`,
    'lets an external account own': "UPDATE ledger_balances SET available = 1 WHERE kind = 'external'",
    'calls a user a house to overdraw it': `UPDATE ledger_balances SET kind = 'house', available = -1 WHERE ${alice}`,
    'changes the kind of an account':
      "UPDATE ledger_accounts SET kind = 'house' WHERE id = 'user:alice/funding'",
    'removes an account': "DELETE FROM ledger_accounts WHERE id = 'user:alice/funding'",
    'removes a balance': `DELETE FROM ledger_balances WHERE ${alice}`,
    'changes an entry': "UPDATE ledger_entries SET kind = 'forged' WHERE id = 1",
    'removes an entry': 'DELETE FROM ledger_entries WHERE id = 1',
    'changes a posting': 'UPDATE ledger_postings SET amount = amount + 1 WHERE entry_id = 1',
    'removes a posting': 'DELETE FROM ledger_postings WHERE entry_id = 1',
    'posts nothing': "INSERT INTO ledger_postings VALUES (1, 9, 'external:test', 'fees:test', 'USDT', 0)",
    'posts to itself': "INSERT INTO ledger_postings VALUES (1, 9, 'fees:test', 'fees:test', 'USDT', 1)",
    'posts without an entry':
      "INSERT INTO ledger_postings VALUES (99, 0, 'external:test', 'fees:test', 'USDT', 1)",
    'changes the scale of an asset': "UPDATE ledger_assets SET scale = 2 WHERE id = 'USDT'",
    'removes an asset': "DELETE FROM ledger_assets WHERE id = 'BTC'",
    'resolves a hold twice':
      "UPDATE ledger_holds SET state = 'expired', resolved_at = NOW() WHERE state = 'released'",
    'revives a hold': "UPDATE ledger_holds SET state = 'placed', resolved_at = NULL WHERE state = 'released'",
    'changes what a hold sets aside': "UPDATE ledger_holds SET amount = 2 WHERE state = 'placed'",
    'removes a hold': 'DELETE FROM ledger_holds',
    'starts a second chain': "INSERT INTO ledger_chain VALUES (2, 0, '')",
  }
  for (const [attempt, statement] of Object.entries(refused)) {
    it(`refuses the statement that ${attempt}`, async () => {
      await assert.rejects(
        Promise.resolve(place.database.raw(statement)),
        (error: Error & { errno?: number }) =>
          // CHECK, SIGNAL, foreign key on the parent's and on the child's side.
          [4025, 3819, 1644, 1451, 1452].includes(error.errno ?? 0),
      )
      assert.deepEqual((await place.ledger.check()).breaks, [])
    })
  }

  const told: Readonly<Record<string, { statement: string; rules: readonly string[] }>> = {
    'a balance changed by hand': {
      statement: `UPDATE ledger_balances SET available = available + 1 WHERE ${alice}`,
      rules: ['balance_equals_postings', 'trial_balance'],
    },
    'funds moved aside without a hold': {
      statement: `UPDATE ledger_balances SET available = available - 1, held = held + 1 WHERE ${alice}`,
      rules: ['holds_equal_held'],
    },
    'a posting added to an old entry': {
      statement: "INSERT INTO ledger_postings VALUES (1, 9, 'external:test', 'fees:test', 'USDT', 1)",
      rules: ['balance_equals_postings', 'balance_equals_postings', 'hash_chain'],
    },
    'an entry written past the chain': {
      statement:
        "INSERT INTO ledger_entries VALUES (9, 'forged', 'forged', '{}', REPEAT('x', 32), REPEAT('x', 32), NOW())",
      rules: ['hash_chain'],
    },
    'a chain cut short': { statement: 'UPDATE ledger_chain SET number = 1', rules: ['hash_chain'] },
  }
  for (const [forgery, { statement, rules }] of Object.entries(told)) {
    it(`tells of ${forgery}`, async () => {
      const forger = await openLedgerPlace()
      try {
        await play(forger, 'post external:test/USDT -> alice/USDT 10\npost alice/USDT -> bob/USDT 4')
        await forger.database.raw(statement)
        const { balanced, breaks } = await forger.ledger.check()
        assert.equal(balanced, false)
        assert.deepEqual(
          breaks.map((broken) => broken.rule),
          rules,
        )
      } finally {
        await forger.close()
      }
    })
  }

  it('undoes what was posted with the transaction it belongs to', async () => {
    const { ledger, database } = place
    const entry = { key: 'undone', kind: 'test.nothing', postings: [] }
    const failing = transaction(database, async (trx) => {
      await ledger.post(trx, [entry])
      throw new Error('the caller changes its mind')
    })
    await assert.rejects(failing, /changes its mind/)
    const [answer] = await transaction(database, (trx) => ledger.post(trx, [entry]))
    assert.equal(answer?.isDuplicate, false)
    assert.equal((await ledger.check()).balanced, true)
  })
})
