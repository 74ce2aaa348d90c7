import assert from 'node:assert/strict'
import { checkCommand, MalformedCommand } from '../messages/command-shape.ts'
import { checkFully, checkRecord } from '../messages/command-check.ts'
import { writeCommand } from '../messages/command-record.ts'
import type { Command } from '../messages/command.ts'
import { createMarket, type Market } from '../messages/market.ts'
import { ProtocolError } from '../process/frame.ts'
import { randomCommands } from './random-commands.ts'

const order = { id: 'a', side: 'buy', quantity: '1' }
const limit = { ...order, type: 'limit', price: '1', timeInForce: 'GTC' }
const stop = { ...order, id: 'b', type: 'stop', triggerPrice: '2' }
const placed = { op: 'place', market: 'M', account: 1 }
const listed = { op: 'placeList', market: 'M', account: 1, id: 'l', kind: 'oco' }
const replacement = { op: 'replace', market: 'M', account: 1, mode: 'allowFailure', cancel: { id: 'x' } }

describe('command', () => {
  const sentences: readonly (readonly [unknown, string])[] = [
    [[], 'a command must be a JSON object'],
    [{}, 'op is missing'],
    [{ ...placed, ...order }, 'type is missing'],
    [{ ...placed, ...limit, price: 1 }, 'price must be a decimal string such as "0.01"'],
    [{ ...placed, ...limit, colour: 'red' }, 'unknown field "colour"'],
    [{ ...placed, ...limit, triggerPrice: '1' }, 'unknown field "triggerPrice"'],
    [
      { ...placed, ...limit, timeInForce: 'GTD' },
      'expiresAt must be there when timeInForce is GTD, and only then',
    ],
    [{ ...placed, ...stop, triggerPrice: undefined }, 'triggerPrice or trailingBips must be there'],
    [
      { ...placed, ...order, type: 'market', quoteQuantity: '1' },
      'quantity or quoteQuantity must be there, one of the two',
    ],
    [{ ...listed, orders: [limit] }, 'orders must be a list of two or three orders'],
    [
      { ...listed, orders: [limit, { ...stop, triggerPrice: 2 }] },
      'orders[1].triggerPrice must be a decimal string such as "0.01"',
    ],
    [{ ...listed, orders: [limit, { ...stop, key: 'k' }] }, 'unknown field "orders[1].key"'],
    [{ ...replacement, place: { ...limit, side: 'up' } }, 'place.side must be one of buy, sell'],
    [
      { ...replacement, cancel: {}, place: limit },
      'cancel names its order by id or by order, one of the two',
    ],
    [{ op: 'amend', market: 'M', account: 1, id: 'a' }, 'price or quantity must be there'],
    [{ op: 'clock' }, 'time is missing'],
  ]
  for (const [value, sentence] of sentences) {
    it(`is refused with "${sentence}"`, () => {
      assert.throws(() => checkCommand(value), new MalformedCommand(sentence))
    })
  }
})

describe('command record', () => {
  const terms = {
    market: 'BTC-USDT',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '0.01',
    lotSize: '0.001',
    baseScale: 8,
    quoteScale: 8,
    makerFeePpm: 0,
    takerFeePpm: 0,
    notionalMin: '0',
    state: 'trading',
  } as const
  const known = createMarket(0, terms) as Market
  const buffer = new ArrayBuffer(1 << 14)
  const memory = { i: new Int32Array(buffer), f: new Float64Array(buffer), b: new Uint8Array(buffer) }
  const write = (command: Command): number =>
    writeCommand(memory, 0, command, (name) => (name === terms.market ? known : undefined))

  it('passes its check as it was written, for every kind of command', () => {
    const ops = new Set<string>()
    for (const command of randomCommands(7, 4000)) {
      const end = write(command)
      assert.equal(checkRecord(memory, 0, end), end)
      ops.add(command.op)
    }
    assert.equal(ops.size, 16)
  })

  it('is refused or still sound with any bit turned over, and nothing else happens', () => {
    const firstOfEach = new Map(randomCommands(9, 4000).map((command) => [keyOf(command), command]))
    for (const command of firstOfEach.values()) {
      const end = write(command)
      const sound = memory.b.slice(0, end * 4)
      for (let bit = 0; bit < sound.length * 8; bit++) {
        memory.b.set(sound)
        memory.b[bit >> 3]! ^= 1 << (bit & 7)
        try {
          const next = checkRecord(memory, 0, end)
          assert.ok(next <= end)
          assert.equal(checkFully(memory, 0, end), next, 'the quick check takes no more than the whole one')
        } catch (error) {
          const isRefusal =
            error instanceof ProtocolError ||
            error instanceof MalformedCommand ||
            error instanceof SyntaxError
          assert.ok(isRefusal, `bit ${bit} of ${JSON.stringify(command)}: ${String(error)}`)
        }
      }
    }
  })

  it('is refused when it ends before its length says', () => {
    for (const command of new Map(randomCommands(11, 4000).map((one) => [keyOf(one), one])).values()) {
      const end = write(command)
      for (let short = 0; short < end; short += 2) {
        assert.throws(() => checkRecord(memory, 0, short), ProtocolError)
      }
    }
  })
})

function keyOf(command: Command): string {
  return 'type' in command ? `${command.op} ${command.type}` : command.op
}
