import assert from 'node:assert/strict'
import fc from 'fast-check'
import { encodeFrame, FrameReader, ProtocolError } from '../process/frame.ts'

const frames = fc.array(
  fc.record({
    kind: fc.nat(20),
    request: fc.nat(),
    count: fc.nat(),
    payload: fc.uint8Array({ maxLength: 9000, size: 'max' }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 8 },
)

describe('frame reader', () => {
  it('gives the frames that were sent, wherever what comes is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 12_000 }), { minLength: 1 }), (sent, cuts) => {
        const bytes = Buffer.concat(
          sent.map(({ kind, request, count, payload }) => encodeFrame(kind, request, count, payload)),
        )
        const got: unknown[] = []
        const reader = new FrameReader((frame) => got.push({ ...frame, payload: Buffer.from(frame.payload) }))
        // A socket uses its memory again, so nothing may be kept in it.
        const memory = Buffer.alloc(12_000)
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const length = bytes.copy(memory, 0, at, at + cuts[cut % cuts.length]!)
          reader.push(memory.subarray(0, length))
          memory.fill(0xff)
          at += length
        }
        assert.deepEqual(
          got,
          sent.map((frame) => ({ ...frame })),
        )
      }),
    )
  })

  it('refuses a length that cannot be as soon as it has come, also in parts', () => {
    for (const length of [0, 15, 1001, 2 ** 32 - 1]) {
      const head = Buffer.alloc(16)
      head.writeUInt32LE(length)
      const reader = new FrameReader(() => assert.fail('there is no frame'), 1000)
      reader.push(head.subarray(0, 7))
      assert.throws(() => {
        reader.push(head.subarray(7))
      }, ProtocolError)
    }
  })
})
