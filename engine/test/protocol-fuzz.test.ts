import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { EngineClient } from '../client/client.ts'
import { writeCommand } from '../messages/command-record.ts'
import type { Command } from '../messages/command.ts'
import { encodeFrame, FRAME_FOLLOW, FRAME_HEAD_BYTES, FRAME_READ, FRAME_REFUSED } from '../process/frame.ts'
import { FrameReader, FRAME_SUBMIT, REQUEST_BYTES_MAX } from '../process/frame.ts'
import { checkEngine } from '../operate/operate.ts'
import { createMarket, type Market, type MarketTerms } from '../messages/market.ts'
import { commandsFrom } from './durable-engine.ts'
import { EngineProcess, market } from './engine-process.ts'
import { randomFrom } from './fault-disk.ts'
import { randomCommands } from './random-commands.ts'

const CASES = 1500
const AT_ONCE = 25

/** What becomes of a connection that sends `bytes`, and leaves when it is answered or, if it says so, at once. */
async function send(
  socketPath: string,
  bytes: Buffer,
  { leaves = false } = {},
): Promise<{ refused: string | undefined; answers: number }> {
  const socket = connect(socketPath)
  let refused: string | undefined
  let answers = 0
  const frames = new FrameReader(({ kind, payload }) => {
    if (kind === FRAME_REFUSED) refused = (JSON.parse(payload.toString()) as { code: string }).code
    // The first is the engine's hello.
    if (answers++ > 0) socket.end()
  })
  socket.on('data', (chunk) => {
    frames.push(chunk)
  })
  const closed = closeOf(socket)
  if (leaves) socket.end(bytes)
  else socket.write(bytes)
  await closed
  return { refused, answers: answers - 1 }
}

function closeOf(socket: Socket): Promise<void> {
  socket.on('error', () => undefined)
  return new Promise((resolve) =>
    socket.once('close', () => {
      resolve()
    }),
  )
}

/** Bytes that are no protocol at all, or break it in a way the engine must notice. */
class Malformed {
  readonly #random: () => number
  readonly #records: readonly Buffer[]

  constructor(random: () => number, records: readonly Buffer[]) {
    this.#random = random
    this.#records = records
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)))
  }

  #record(): Buffer {
    return Buffer.from(this.#records[this.#below(this.#records.length)]!)
  }

  /** A frame whose head says something else than is there. */
  #head(length: number, kind: number, count: number, payload: Buffer): Buffer {
    const frame = encodeFrame(kind, 1, count, payload)
    frame.writeUInt32LE(length >>> 0, 0)
    return frame
  }

  next(): Buffer {
    const record = this.#record()
    const text = (value: string): Buffer => encodeFrame(FRAME_READ, 1, 0, Buffer.from(value))
    switch (this.#below(12)) {
      case 0:
        return Buffer.concat([Buffer.from([0, 0, 0, 0x40]), this.#bytes(12 + this.#below(300))])
      case 1:
        return this.#head(this.#below(FRAME_HEAD_BYTES), FRAME_SUBMIT, 1, record)
      case 2:
        return this.#head(REQUEST_BYTES_MAX + 1 + this.#below(2 ** 31), FRAME_SUBMIT, 1, record)
      case 3:
        return encodeFrame(19 + this.#below(1000), 1, 1, record)
      case 4:
        return encodeFrame(FRAME_SUBMIT, 1, 2 + this.#below(2 ** 32 - 2), record)
      case 5:
        return encodeFrame(
          FRAME_SUBMIT,
          1,
          1,
          record.subarray(0, record.length - 1 - this.#below(record.length - 1)),
        )
      case 6:
        return encodeFrame(FRAME_SUBMIT, 1, 1, Buffer.concat([record, this.#bytes(8 * (1 + this.#below(4)))]))
      case 7: {
        record.writeUInt16LE(this.#below(2 ** 16), 0)
        return encodeFrame(
          FRAME_SUBMIT,
          1,
          this.#below(3),
          Buffer.concat([record, Buffer.alloc(this.#below(7) + 1)]),
        )
      }
      case 8:
        return text(['', 'null', '[]', '{', '{"read":1}', '{"read":"balance"}', '7'][this.#below(7)]!)
      case 9:
        return text('['.repeat(1 + this.#below(100_000)))
      case 10: {
        const seq = Buffer.alloc(8)
        seq.writeDoubleLE([NaN, -1, 0, 0.5, Infinity, -Infinity, 2 ** 60][this.#below(7)]!)
        return encodeFrame(FRAME_FOLLOW, 1, 0, seq)
      }
      default: {
        record.writeUInt8(60 + this.#below(190), 2)
        return encodeFrame(FRAME_SUBMIT, 1, 1, record)
      }
    }
  }

  /** A command with some of its bytes changed: it may still be one. */
  mutated(): Buffer {
    const record = this.#record()
    for (let n = 1 + this.#below(4); n > 0; n--) record[this.#below(record.length)] = this.#below(256)
    return encodeFrame(FRAME_SUBMIT, 1, 1, record)
  }
}

function recordsOf(commands: readonly Command[], markets: readonly MarketTerms[]): Buffer[] {
  const made = markets.map((terms, index) => createMarket(index, terms) as Market)
  const buffer = new ArrayBuffer(1 << 16)
  const memory = { i: new Int32Array(buffer), f: new Float64Array(buffer), b: new Uint8Array(buffer) }
  return commands
    .filter((command) => command.op !== 'market')
    .map((command) => {
      const end = writeCommand(memory, 0, command, (name) => made.find(({ terms }) => terms.market === name))
      return Buffer.from(memory.b.slice(0, end * 4))
    })
}

describe('engine socket under malformed input', function () {
  this.timeout(120_000)
  let engine: EngineProcess
  let client: EngineClient
  let malformed: Malformed
  const seed = randomInt(2 ** 30)

  beforeEach(async () => {
    engine = new EngineProcess()
    await engine.start()
    client = engine.client()
    await client.submit(market)
    await client.submitMany(randomCommands(8, 200))
    // Orders of theirs have expired by the engine's clock: with this command they go, and not later by themselves.
    await client.submit({ op: 'deposit', account: 1, asset: 'BTC', amount: '1' })
    const { markets } = await client.markets()
    malformed = new Malformed(randomFrom(seed), recordsOf(randomCommands(9, 600), markets))
  })

  afterEach(() => engine.dispose())

  async function attack(
    next: () => Buffer,
    check: (sent: Buffer, got: Awaited<ReturnType<typeof send>>) => void,
  ): Promise<void> {
    for (let done = 0; done < CASES; done += AT_ONCE) {
      const frames = Array.from({ length: AT_ONCE }, next)
      const results = await Promise.all([
        ...frames.map((frame) => send(engine.socket, frame)),
        // Somebody else, all the while.
        client.balances(1).then(() => undefined),
      ])
      for (const [n, result] of results.entries()) if (result) check(frames[n]!, result)
    }
  }

  it('closes that connection with a reason, changes nothing, and answers the others', async () => {
    const before = await client.hash()
    await attack(
      () => malformed.next(),
      (sent, { refused, answers }) => {
        const shown = `seed ${seed}: ${sent.subarray(0, 80).toString('hex')}`
        assert.ok(refused === 'protocol' || refused === 'seq_beyond_end', `${shown} was answered ${refused}`)
        assert.equal(answers, 1, shown)
      },
    )
    assert.deepEqual(await client.hash(), before)
  })

  it('takes a changed command as it is or closes the connection, and replays to the same state', async () => {
    await attack(
      () => malformed.mutated(),
      (sent, { answers }) => {
        assert.equal(answers, 1, `seed ${seed}: ${sent.toString('hex')}`)
      },
    )
    const before = await client.hash()
    assert.equal(await engine.stop(), 0)
    // A start would cancel the orders of guarded accounts first.
    const { ok, seq, hash } = await checkEngine(engine.data)
    assert.deepEqual({ ok, seq, hash }, { ok: true, ...before }, `seed ${seed}`)
    await engine.start()
  })

  it('waits for the rest of a frame as long as the client likes, and forgets it when the client goes', async () => {
    const before = await client.hash()
    const record = recordsOf(commandsFrom(9, 20).slice(10), (await client.markets()).markets)[0]!
    const frame = encodeFrame(FRAME_SUBMIT, 1, 1, record)
    for (let length = 1; length < frame.length; length++) {
      assert.deepEqual(await send(engine.socket, frame.subarray(0, length), { leaves: true }), {
        refused: undefined,
        answers: 0,
      })
    }
    assert.deepEqual(await client.hash(), before)
  })

  it('takes nothing more from a connection that broke the protocol', async () => {
    const before = await client.hash()
    const record = recordsOf([{ op: 'deposit', account: 5, asset: 'BTC', amount: '1' }], [])[0]!
    const good = encodeFrame(FRAME_SUBMIT, 2, 1, record)
    const bad = encodeFrame(99, 1, 0, Buffer.alloc(0))
    const socket = connect(engine.socket)
    const closed = closeOf(socket)
    socket.write(bad)
    const drip = (): void => {
      if (socket.writable) socket.write(good, () => setImmediate(drip))
    }
    drip()
    await closed
    assert.deepEqual(await client.hash(), before)
  })
})
