import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { encodeFrame, FRAME_ANSWER, FRAME_READ, FrameReader } from '../process/frame.ts'
import { EngineProcess, market } from './engine-process.ts'

const ASKED = 1500
const ORDERS = 400

describe('client that does not read its answers', function () {
  this.timeout(60_000)
  let engine: EngineProcess

  beforeEach(async () => {
    engine = new EngineProcess()
    await engine.start()
  })

  afterEach(() => engine.dispose())

  it('is not listened to until it does, and gets them all', async () => {
    const other = engine.client()
    await other.submit(market)
    await other.submit({ op: 'deposit', account: 1, asset: 'USDT', amount: '1000000' })
    const order = { op: 'place', account: 1, market: 'BTC-USDT', side: 'buy', type: 'limit' } as const
    for (let n = 0; n < ORDERS; n++) {
      await other.submit({ ...order, id: `o${n}`, timeInForce: 'GTC', price: '1', quantity: '1' })
    }

    const socket = connect(engine.socket)
    await once(socket, 'connect')
    const question = Buffer.from(JSON.stringify({ read: 'openOrders' }).padEnd(32 << 10))
    for (let n = 0; n < ASKED; n++) socket.write(encodeFrame(FRAME_READ, n + 1, 0, question))
    // In each of these the engine would take as much as a megabyte of the questions.
    for (let n = 0; n < 200; n++) await other.balances()
    assert.ok(socket.writableLength > 0, 'all questions were taken and their answers kept in memory')

    let answers = 0
    const frames = new FrameReader(({ kind }) => {
      if (kind === FRAME_ANSWER && ++answers === ASKED) socket.end()
    })
    socket.on('data', (chunk) => {
      frames.push(chunk)
    })
    await once(socket, 'close')
    assert.equal(answers, ASKED)
  })
})
