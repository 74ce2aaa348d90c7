import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRecording } from '../recording.ts'
import { gzipLines, recordedStream } from './recorded-stream.ts'

describe('recording', () => {
  const lines = recordedStream(7, 20)
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cambium-recording-'))
  })
  after(() => rm(directory, { recursive: true }))

  async function read(content: string | Uint8Array, marketId = 'BTC-USDT') {
    const file = join(directory, 'stream')
    await writeFile(file, content)
    return readRecording(file, marketId)
  }

  it('is read the same compressed and plain', async () => {
    const plain = await read(`${lines.join('\n')}\n`)
    assert.equal(plain.length, lines.length)
    assert.deepEqual(await read(gzipLines(lines)), plain)
  })

  it('counts prices and quantities exactly and names the side that crossed', async () => {
    const trade = (await read(lines.join('\n'))).find((step) => step.kind === 'trade')
    const written = JSON.parse(lines[(trade?.line ?? 0) - 1]?.slice(20) ?? '') as {
      data: { p: string; q: string; m: boolean }
    }
    assert(trade?.kind === 'trade')
    assert.equal(trade.price, BigInt(written.data.p.replace('.', '')))
    assert.equal(trade.quantity, BigInt(written.data.q.replace('.', '')))
    assert.equal(trade.takerSide, written.data.m ? 'sell' : 'buy')
  })

  it('is refused with the line number when a line is cut off', async () => {
    const cut = [...lines.slice(0, 9), lines[9]?.slice(0, 60)].join('\n')
    await assert.rejects(read(cut), /^RecordingError: line 10: /)
  })

  it('is refused when the compressed file is cut off', async () => {
    const whole = gzipLines(lines)
    await assert.rejects(
      read(whole.slice(0, whole.length - 40)),
      /^RecordingError: line \d+: the compressed file/,
    )
  })

  it('is refused when a diff is missing', async () => {
    const diffs = lines
      .map((line, index) => ({ line, index }))
      .filter(({ line }) => line.includes('depthUpdate'))
    const gap = lines.filter((_, index) => index !== diffs[3]?.index)
    await assert.rejects(read(gap.join('\n')), new RegExp(`line ${diffs[4]?.index}: a depth diff is missing`))
  })

  it('is refused when it is of another market', async () => {
    await assert.rejects(
      read(lines.join('\n'), 'ETH-USDT'),
      /line 2: the recording is of BTCUSDT, not of ETHUSDT/,
    )
  })

  it('is refused when it is something else altogether', async () => {
    await assert.rejects(read('time,price\n1,2\n'), /line 1: not a receive time/)
    await assert.rejects(read(''), /line 0: the file ends without a depth snapshot/)
  })
})
