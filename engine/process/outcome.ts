/**
 * What a frame of commands came to, as a frame: one head for each command (f64 seq, u32 bytes of its events, u32 status), then
 * all their events in the same order.
 */
import { FRAME_HEAD_BYTES, FRAME_OUTCOMES } from './frame.ts'

const OUTCOME_HEAD_BYTES = 16
const OUTCOME_NEW = 0
const OUTCOME_DUPLICATE = 1
const CAPACITY_MIN = 1 << 12
/** As in `byte-list.ts`. */
const CAPACITY_MORE = 1 << 20

/** The heads of many such frames in a row, in memory that is used again. Their events stand elsewhere. */
export class OutcomeHeads {
  #bytes = Buffer.allocUnsafeSlow(CAPACITY_MIN)
  #f = new Float64Array(this.#bytes.buffer)
  #u = new Uint32Array(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  clear(): void {
    this.#length = 0
  }

  /** Makes room for the heads of a frame and answers where it begins. */
  begin(request: number, count: number): number {
    const at = this.#length
    this.#length += FRAME_HEAD_BYTES + count * OUTCOME_HEAD_BYTES
    if (this.#length > this.#bytes.length) this.#grow(at)
    const word = at >> 2
    this.#u[word + 1] = FRAME_OUTCOMES
    this.#u[word + 2] = request
    this.#u[word + 3] = count
    return at
  }

  #grow(used: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(CAPACITY_MORE, this.#bytes.length * 2, this.#length))
    larger.set(this.#bytes.subarray(0, used))
    this.#bytes = larger
    this.#f = new Float64Array(larger.buffer)
    this.#u = new Uint32Array(larger.buffer)
  }

  /** Of command number `command` of the frame at `frame`. */
  put(frame: number, command: number, seq: number, bytes: number): void {
    const word = (frame + FRAME_HEAD_BYTES + command * OUTCOME_HEAD_BYTES) >> 2
    this.#f[word >> 1] = seq
    this.#u[word + 2] = bytes
    this.#u[word + 3] = OUTCOME_NEW
  }

  /** Of one whose events were given before, and are `bytes`. */
  putRepeat(frame: number, command: number, seq: number, bytes: number): void {
    this.put(frame, command, seq, bytes)
    this.#u[((frame + FRAME_HEAD_BYTES + command * OUTCOME_HEAD_BYTES) >> 2) + 3] = OUTCOME_DUPLICATE
  }

  seqOf(frame: number, command: number): number {
    return this.#f[(frame + FRAME_HEAD_BYTES + command * OUTCOME_HEAD_BYTES) >> 3]!
  }

  /** The beginning of the frame at `frame`, to be followed by `bytes` of events. */
  seal(frame: number, bytes: number): Buffer {
    const length = FRAME_HEAD_BYTES + this.#u[(frame >> 2) + 3]! * OUTCOME_HEAD_BYTES
    this.#u[frame >> 2] = length + bytes
    return this.#bytes.subarray(frame, frame + length)
  }
}

export interface OutcomeBytes {
  readonly seq: number
  readonly isDuplicate: boolean
  readonly events: Buffer
}

/** The outcomes of the `count` commands of a frame, in their order. */
export function* decodeOutcomes(payload: Buffer, count: number): Generator<OutcomeBytes> {
  let at = count * OUTCOME_HEAD_BYTES
  for (let command = 0; command < count; command++) {
    const head = command * OUTCOME_HEAD_BYTES
    const end = at + payload.readUInt32LE(head + 8)
    yield {
      seq: payload.readDoubleLE(head),
      isDuplicate: payload.readUInt32LE(head + 12) === OUTCOME_DUPLICATE,
      events: payload.subarray(at, end),
    }
    at = end
  }
}
