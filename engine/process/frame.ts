/** Frames on the socket: length, kind, request and count as little-endian words, then the payload. */
export const FRAME_HEAD_BYTES = 16
/** The longest frame a client may send. */
export const REQUEST_BYTES_MAX = 1 << 20
export const PROTOCOL = 2

export const FRAME_SUBMIT = 1
export const FRAME_READ = 2
export const FRAME_FOLLOW = 3
export const FRAME_UNFOLLOW = 4
/** A client's hello: the highest epoch it has seen. It may come first, and need not. */
export const FRAME_GREET = 5
/** A standby asks for all records after those it has, and tells what has become durable with it. */
export const FRAME_REPLICATE = 6
export const FRAME_ACKNOWLEDGE = 7
/** What an operator asks: status, promote, verify, and what engines ask each other on their behalf. */
export const FRAME_CONTROL = 8
/** Cancel the orders of an account when this connection ends. */
export const FRAME_GUARD = 9
export const FRAME_HELLO = 10
export const FRAME_OUTCOMES = 11
export const FRAME_ANSWER = 12
export const FRAME_EVENTS = 13
export const FRAME_REFUSED = 14
/** The answer to replicate, then records as the journal has them, and a state hash to compare with. */
export const FRAME_FOLLOWED = 15
export const FRAME_RECORDS = 16
export const FRAME_CHECK = 17
/** A part of a file, for a standby that starts with an empty folder. */
export const FRAME_PART = 18

export interface Frame {
  readonly kind: number
  readonly request: number
  readonly count: number
  readonly payload: Buffer
}

/** What the other side sent is not this protocol. The connection cannot go on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

export function writeFrameHead(
  target: Buffer,
  at: number,
  frame: Omit<Frame, 'payload'> & { bytes: number },
): void {
  target.writeUInt32LE(FRAME_HEAD_BYTES + frame.bytes, at)
  target.writeUInt32LE(frame.kind, at + 4)
  target.writeUInt32LE(frame.request, at + 8)
  target.writeUInt32LE(frame.count, at + 12)
}

export function encodeFrame(kind: number, request: number, count: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length)
  writeFrameHead(frame, 0, { kind, request, count, bytes: payload.length })
  frame.set(payload, FRAME_HEAD_BYTES)
  return frame
}

export function encodeJsonFrame(kind: number, request: number, value: unknown): Buffer {
  return encodeFrame(kind, request, 0, Buffer.from(JSON.stringify(value)))
}

/** Cuts a byte stream into frames. */
export class FrameReader {
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #length = 0
  /** Bytes needed before the next frame can be cut. */
  #due = FRAME_HEAD_BYTES

  constructor(bytesMax = 2 ** 31) {
    this.#bytesMax = bytesMax
  }

  /** The frames that `chunk` completes. Throws `ProtocolError` for a length that cannot be. */
  push(chunk: Buffer): Frame[] {
    this.#parts.push(chunk)
    this.#length += chunk.length
    if (this.#length < this.#due) return []
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts)
    const frames: Frame[] = []
    let at = 0
    this.#due = FRAME_HEAD_BYTES
    while (bytes.length - at >= FRAME_HEAD_BYTES) {
      const length = bytes.readUInt32LE(at)
      if (length < FRAME_HEAD_BYTES || length > this.#bytesMax) {
        throw new ProtocolError(
          `a frame of ${length} bytes is outside ${FRAME_HEAD_BYTES} to ${this.#bytesMax}`,
        )
      }
      if (bytes.length - at < length) {
        this.#due = length
        break
      }
      frames.push({
        kind: bytes.readUInt32LE(at + 4),
        request: bytes.readUInt32LE(at + 8),
        count: bytes.readUInt32LE(at + 12),
        payload: bytes.subarray(at + FRAME_HEAD_BYTES, at + length),
      })
      at += length
    }
    this.#parts = at < bytes.length ? [bytes.subarray(at)] : []
    this.#length = bytes.length - at
    return frames
  }
}
