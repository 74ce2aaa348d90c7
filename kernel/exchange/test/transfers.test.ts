import assert from 'node:assert/strict'
import { transaction } from '../../database/index.ts'
import { fundingAccountId } from '../accounts.ts'
import { openExchangePlace, type ExchangePlace } from './exchange-place.ts'

describe('transfer', () => {
  let place: ExchangePlace
  before(async () => {
    place = await openExchangePlace()
    const funding = { userId: 'alice', assetId: 'USDT', amount: '100', wallet: 'funding' } as const
    await place.exchange.fund({ ...funding, source: 'external:test', key: 'a', reason: 'test' })
  })
  after(() => place.close())

  const funding = async (userId: string): Promise<bigint | undefined> => {
    const balances = await place.ledger.balances([fundingAccountId(userId)])
    return balances.find((balance) => balance.assetId === 'USDT')?.available
  }
  const move = (amount: string, source: 'funding' | 'spot', key: string) => {
    const target = source === 'funding' ? 'spot' : 'funding'
    return place.exchange.transfer({ userId: 'alice', assetId: 'USDT', amount, source, target, key })
  }

  it('moves funds to the spot wallet and back, and both wallets show it at once', async () => {
    assert.equal((await move('30', 'funding', 't1')).state, 'done')
    assert.equal(await funding('alice'), 7_000_000_000n)
    assert.deepEqual(await place.exchange.balances('alice'), [
      { assetId: 'USDT', available: '30', held: '0' },
    ])
    assert.equal((await move('10', 'spot', 't2')).state, 'done')
    assert.equal(await funding('alice'), 8_000_000_000n)
    await place.assertBalanced()
  })

  it('happens once however often its key is sent', async () => {
    const repeats = await Promise.all(Array.from({ length: 8 }, () => move('5', 'funding', 't3')))
    assert.equal(new Set(repeats.map(({ id }) => id)).size, 1)
    assert.equal(await funding('alice'), 7_500_000_000n)
    await assert.rejects(move('6', 'funding', 't3'), { type: 'exchange.idempotency_conflict' })
    await place.assertBalanced()
  })

  it('refuses more than there is on either side and leaves everything where it was', async () => {
    await assert.rejects(move('1000', 'funding', 't4'), { type: 'ledger.insufficient_funds' })
    await assert.rejects(move('1000', 'spot', 't5'), { type: 'exchange.insufficient_funds' })
    await assert.rejects(move('1000', 'spot', 't5'), { type: 'exchange.insufficient_funds' })
    assert.equal(await funding('alice'), 7_500_000_000n)
    await place.assertBalanced()
  })

  it('takes only whole trading units', async () => {
    await assert.rejects(move('0.00000001', 'funding', 't6'), { type: 'exchange.amount_off_scale' })
    await assert.rejects(move('0', 'funding', 't7'), { type: 'exchange.amount_must_be_positive' })
    assert.equal((await move('0.0000001', 'funding', 't8')).state, 'done')
    await move('0.0000001', 'spot', 't9')
  })

  it('goes back when the engine cannot count it', async () => {
    const amount = '90000000'
    const rich = {
      userId: 'rich',
      assetId: 'BTC',
      amount,
      wallet: 'funding',
      source: 'external:test',
    } as const
    await place.exchange.fund({ ...rich, key: 'rich', reason: 'test' })
    const request = { userId: 'rich', assetId: 'BTC', amount, source: 'funding', target: 'spot' } as const
    await place.exchange.transfer({ ...request, key: 'r1' })
    await place.exchange.fund({ ...rich, key: 'richer', reason: 'test' })
    await assert.rejects(place.exchange.transfer({ ...request, key: 'r2' }), { type: 'exchange.overflow' })
    const [balance] = await place.ledger.balances([fundingAccountId('rich')])
    assert.equal(balance?.available, 9_000_000_000_000_000n)
    await place.assertBalanced()
  })

  for (const source of ['funding', 'spot'] as const) {
    it(`from ${source} that lost its owner half-way is finished by the next check or recovery`, async () => {
      await transaction(place.database, async (trx) => {
        // What a process leaves that dies right after the first step.
        const target = source === 'funding' ? 'spot' : 'funding'
        const id = `LOST${source.padEnd(22, '0')}`
        const row = { id, user_id: 'alice', key: `lost-${source}`, asset_id: 'USDT', amount: '100000000' }
        await trx('exchange_transfers').insert({ ...row, source, target, created_at: new Date(0) })
        if (source === 'spot') return
        const posting = {
          source: 'user:alice/funding',
          target: 'transit:spot',
          assetId: 'USDT',
          amount: 100_000_000n,
        }
        const entry = { key: `exchange.transfer:${id}:out`, kind: 'exchange.transfer_out' }
        const data = { transferId: id }
        await place.ledger.post(trx, [{ ...entry, data, postings: [posting as never] }])
      })
      const before = await funding('alice')
      await place.assertBalanced()
      const finished = await move('1', source, `lost-${source}`)
      assert.equal(finished.state, 'done')
      await place.assertBalanced()
      assert.equal(await funding('alice'), (before ?? 0n) + (source === 'spot' ? 100_000_000n : 0n))
    })
  }
})
