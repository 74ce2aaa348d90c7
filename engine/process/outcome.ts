/**
 * What a frame of commands came to, as a frame: one head for each command (f64 seq, u32 bytes of its events, u32 status), then
 * all their events in the same order. Made in one piece, because there is one for every command that anybody sends.
 */
import { FRAME_HEAD_BYTES, FRAME_OUTCOMES, writeFrameHead } from './frame.ts'
import type { Submitted } from './batch.ts'

const OUTCOME_HEAD_BYTES = 16
const OUTCOME_NEW = 0
const OUTCOME_DUPLICATE = 1
const FRAME_MEMORY_BYTES = 4096
const FRAMES_SPARE_MAX = 16

/** Memory of frames that have been sent, for the next ones: that of a frame each would have to be collected. */
export class FrameMemory {
  readonly #spare: ArrayBuffer[] = []

  /** At least so much, from the start of a buffer of its own, so that views of words and doubles can be laid over it. */
  take(bytes: number): ArrayBuffer {
    const spare = this.#spare.pop()
    if (spare && spare.byteLength >= bytes) return spare
    return new ArrayBuffer(Math.max(FRAME_MEMORY_BYTES, 2 ** Math.ceil(Math.log2(bytes))))
  }

  give(memory: ArrayBuffer): void {
    if (this.#spare.length < FRAMES_SPARE_MAX) this.#spare.push(memory)
  }
}

interface OutcomeParts {
  readonly events: Buffer
  readonly again: readonly Buffer[]
  readonly memory: FrameMemory
}

/**
 * `events` are the group's, of which `submitted` says whose are where; `again` has, in their order, the events of the
 * repeated commands. The frame's memory is taken from `memory`, to be given back when it is sent.
 */
export function encodeOutcomes(
  request: number,
  { seqs, starts, ends, repeats }: Submitted,
  { events, again, memory }: OutcomeParts,
): Buffer {
  const count = seqs.length
  let bytes = count * OUTCOME_HEAD_BYTES
  for (let command = 0; command < count; command++) bytes += ends[command]! - starts[command]!
  for (const { length } of again) bytes += length
  const frame = Buffer.from(memory.take(FRAME_HEAD_BYTES + bytes), 0, FRAME_HEAD_BYTES + bytes)
  writeFrameHead(frame, 0, { kind: FRAME_OUTCOMES, request, count, bytes })
  const heads = { f: new Float64Array(frame.buffer), u: new Uint32Array(frame.buffer) }
  let at = FRAME_HEAD_BYTES + count * OUTCOME_HEAD_BYTES
  let repeat = 0
  // Commands' events mostly follow one another, so they are copied a run at a time.
  let run = 0
  let runEnd = 0
  for (let command = 0; command < count; command++) {
    const isRepeat = repeats[command]! >= 0
    const word = (FRAME_HEAD_BYTES + command * OUTCOME_HEAD_BYTES) >> 2
    let length = ends[command]! - starts[command]!
    if (isRepeat || starts[command] !== runEnd) {
      at += copyRun(frame, at, events.subarray(run, runEnd))
      run = starts[command]!
    }
    runEnd = ends[command]!
    if (isRepeat) {
      const own = again[repeat++]!
      length = own.length
      at += copyRun(frame, at, own)
    }
    heads.f[word >> 1] = seqs[command]!
    heads.u[word + 2] = length
    heads.u[word + 3] = isRepeat ? OUTCOME_DUPLICATE : OUTCOME_NEW
  }
  copyRun(frame, at, events.subarray(run, runEnd))
  return frame
}

function copyRun(frame: Buffer, at: number, events: Buffer): number {
  frame.set(events, at)
  return events.length
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
