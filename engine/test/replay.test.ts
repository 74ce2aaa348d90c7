import assert from 'node:assert/strict'
import { Readable, Writable } from 'node:stream'
import { replayFile } from '../index.ts'

const lines = `
{"op":"market","market":"BTC-USDT","base":"BTC","quote":"USDT","tickSize":"0.01","lotSize":"0.00001","makerFeePpm":1000,"takerFeePpm":1000}
{"op":"deposit","account":1,"asset":"USDT","amount":"1000"}
{"op":"deposit","account":2,"asset":"BTC","amount":"1"}
{"op":"place","market":"BTC-USDT","account":1,"id":"a1","side":"buy","type":"limit","timeInForce":"GTC","price":"100.00","quantity":"1"}
{"op":"place","market":"BTC-USDT","account":2,"id":"b7","side":"sell","type":"market","quantity":"0.5"}
{"op":"cancel","market":"BTC-USDT","account":2,"id":"b7","time":5}
`.trim()

async function replay(text: string): Promise<unknown[]> {
  let output = ''
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      output += chunk.toString()
      done()
    },
  })
  // In pieces, so that lines end anywhere in them.
  const pieces = text.match(/[^]{1,50}/g) ?? []
  await replayFile(Readable.from(pieces), sink, { state: true })
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}

describe('file replay', () => {
  it('writes each event as the format has it, and the state at the end', async () => {
    const events = await replay(`${lines}\n`)
    assert.deepEqual(events.slice(3, 7), [
      { seq: 4, event: 'accepted', market: 'BTC-USDT', account: 1, id: 'a1' },
      { seq: 5, event: 'accepted', market: 'BTC-USDT', account: 2, id: 'b7' },
      {
        seq: 6,
        event: 'trade',
        market: 'BTC-USDT',
        price: '100.00',
        quantity: '0.5',
        taker: 'b7',
        maker: 'a1',
        takerAccount: 2,
        makerAccount: 1,
        takerSide: 'sell',
        takerFee: '0.05',
        makerFee: '0.0005',
      },
      {
        seq: 7,
        event: 'rejected',
        market: 'BTC-USDT',
        account: 2,
        id: 'b7',
        reason: 'order_not_found',
        time: 5,
      },
    ])
    const state = events.at(-1) as { balances: object; orders: object; hash: string }
    assert.deepEqual(state.orders, [
      { market: 'BTC-USDT', account: 1, id: 'a1', side: 'buy', price: '100', leaves: '0.5' },
    ])
    assert.deepEqual(state.balances, {
      0: { BTC: { available: '0.0005', held: '0' }, USDT: { available: '0.05', held: '0' } },
      1: { USDT: { available: '900', held: '50' }, BTC: { available: '0.4995', held: '0' } },
      2: { BTC: { available: '0.5', held: '0' }, USDT: { available: '49.95', held: '0' } },
    })
    assert.match(state.hash, /^[0-9a-f]{64}$/)
  })

  it('expires orders in front of the line whose time they have reached', async () => {
    const order = '"market":"BTC-USDT","account":1,"side":"buy"'
    const later = [
      `{"op":"place",${order},"id":"g1","type":"limit","timeInForce":"GTD","expiresAt":50,"price":"9.00","quantity":"1","time":10}`,
      `{"op":"place",${order},"id":"s1","type":"stop","triggerPrice":"101","quantity":"1","time":49}`,
      '{"op":"cancel","market":"BTC-USDT","account":1,"id":"g1","time":50}',
    ].join('\n')
    const events = await replay(`${lines}\n${later}\n`)
    const place = { market: 'BTC-USDT', account: 1 }
    assert.deepEqual(events.slice(7, -1), [
      { seq: 8, event: 'accepted', ...place, id: 'g1', time: 10 },
      { seq: 9, event: 'accepted', ...place, id: 's1', status: 'waiting', time: 49 },
      { seq: 10, event: 'expired', ...place, id: 'g1', reason: 'time', time: 50 },
      { seq: 11, event: 'clock', expired: 1, left: 0, time: 50 },
      { seq: 12, event: 'rejected', ...place, id: 'g1', reason: 'order_not_found', time: 50 },
    ])
    const { orders } = events.at(-1) as { orders: object[] }
    const waiting = { type: 'stop', status: 'waiting', triggerPrice: '101' }
    assert.deepEqual(orders[1], { ...place, id: 's1', side: 'buy', leaves: '1', ...waiting })
  })

  it('gives the same hash for the same file', async () => {
    assert.deepEqual(await replay(lines), await replay(`${lines}\n\n`))
  })

  for (const [wrong, message] of [
    ['{"op":"deposit"', /^line 7: it is not JSON/],
    ['{"op":"deposit","account":1,"asset":"BTC"}', /^line 7: amount is missing$/],
    ['{"op":"deposit","account":1,"asset":"BTC","amount":5}', /^line 7: amount must be a decimal string/],
    ['{"op":"deposit","account":1,"asset":"BTC","amount":"1","note":"x"}', /^line 7: unknown field "note"$/],
    ['{"op":"cancel","market":"BTC-USDT","account":1}', /^line 7: cancel names its order by id or by order/],
    ['[]', /^line 7: a command must be a JSON object$/],
  ] as const) {
    it(`stops at ${wrong} and names the line`, async () => {
      await assert.rejects(replay(`${lines}\n${wrong}\n`), { name: 'MalformedLine', message })
    })
  }
})
