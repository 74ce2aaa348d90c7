/** Frames on the socket: length, kind, request and count as little-endian words, then the payload. */
export const FRAME_HEAD_BYTES = 16
/** The longest frame a client may send. */
export const REQUEST_BYTES_MAX = 1 << 20
export const PROTOCOL = 2
/** What a reader keeps of memory for frames that come in parts. */
const HELD_BYTES_MIN = 1 << 12
const HELD_BYTES_KEPT = 1 << 20

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
/** Which requests of the outside the next frame of commands is for; its answer is then preceded by how long it took. */
export const FRAME_TRACE = 19
export const FRAME_TIMES = 20

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

/**
 * Cuts a byte stream into frames. A frame's payload is only good until `take` returns: it is memory that the socket, or the
 * next frame, uses again.
 */
export class FrameReader {
  readonly #take: (frame: Frame) => void
  readonly #bytesMax: number
  /** The beginning of a frame whose rest is still to come. */
  #held = Buffer.alloc(0)
  #heldBytes = 0

  constructor(take: (frame: Frame) => void, bytesMax = 2 ** 31) {
    this.#take = take
    this.#bytesMax = bytesMax
  }

  /** Hands over the frames that `chunk` completes. Throws `ProtocolError` for a length that cannot be. */
  push(chunk: Buffer): void {
    let at = this.#heldBytes > 0 ? this.#complete(chunk) : 0
    while (chunk.length - at >= FRAME_HEAD_BYTES) {
      const length = this.#lengthAt(chunk, at)
      if (chunk.length - at < length) break
      this.#give(chunk, at, length)
      at += length
    }
    if (at < chunk.length) this.#hold(chunk, at, chunk.length)
  }

  /** Adds to what is held as much as makes a frame of it; answers how much that was. */
  #complete(chunk: Buffer): number {
    let at = 0
    if (this.#heldBytes < FRAME_HEAD_BYTES) {
      at = Math.min(FRAME_HEAD_BYTES - this.#heldBytes, chunk.length)
      this.#hold(chunk, 0, at)
      if (this.#heldBytes < FRAME_HEAD_BYTES) return at
    }
    const length = this.#lengthAt(this.#held, 0)
    const end = Math.min(at + length - this.#heldBytes, chunk.length)
    this.#hold(chunk, at, end)
    if (this.#heldBytes < length) return end
    this.#heldBytes = 0
    this.#give(this.#held, 0, length)
    if (this.#held.length > HELD_BYTES_KEPT) this.#held = Buffer.alloc(0)
    return end
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const bytes = this.#heldBytes + end - start
    if (bytes > this.#held.length) {
      // By what has come and not by the length that a frame says it has.
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes, this.#held.length * 2, HELD_BYTES_MIN))
      larger.set(this.#held.subarray(0, this.#heldBytes))
      this.#held = larger
    }
    chunk.copy(this.#held, this.#heldBytes, start, end)
    this.#heldBytes += end - start
  }

  #lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32LE(at)
    if (length >= FRAME_HEAD_BYTES && length <= this.#bytesMax) return length
    throw new ProtocolError(`a frame of ${length} bytes is outside ${FRAME_HEAD_BYTES} to ${this.#bytesMax}`)
  }

  #give(bytes: Buffer, at: number, length: number): void {
    this.#take({
      kind: bytes.readUInt32LE(at + 4),
      request: bytes.readUInt32LE(at + 8),
      count: bytes.readUInt32LE(at + 12),
      payload: bytes.subarray(at + FRAME_HEAD_BYTES, at + length),
    })
  }
}
