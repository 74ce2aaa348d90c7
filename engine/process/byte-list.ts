const CAPACITY_MIN = 1 << 14
/** What is more than the least grows to this at once: memory that is not written to costs nothing, and copies do. */
const CAPACITY_MORE = 1 << 21

/** Bytes that grow at the end. */
export class ByteList {
  #buffer: Buffer
  length = 0

  constructor() {
    this.#buffer = Buffer.allocUnsafeSlow(CAPACITY_MIN)
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.#buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Makes room for `count` more bytes; what is written into `bytes()` after it may move on the next call. */
  reserve(count: number): void {
    if (this.length + count <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(
      Math.max(CAPACITY_MORE, this.#buffer.length * 2, this.length + count),
    )
    larger.set(this.bytes())
    this.#buffer = larger
  }

  bytes(start = 0, end = this.length): Buffer {
    return this.#buffer.subarray(start, end)
  }
}
