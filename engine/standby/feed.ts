/** Sends one standby every record it lacks: first from the segments, then as they become durable here. */
import type { Socket } from 'node:net'
import { encodeFrame, encodeJsonFrame, FRAME_CHECK, FRAME_RECORDS, FRAME_REFUSED } from '../process/frame.ts'
import type { Place, RecordReader } from './record-reader.ts'

/** A standby with more than this unsent is served from the segments again, at its own pace. */
const UNSENT_BYTES_MAX = 16 << 20

export interface FeedOptions {
  readonly socket: Socket
  readonly request: number
  /** Of the standby's folder. */
  readonly engine: string
  /** Finds a reader for what comes after a place; throws when there is none. */
  readonly read: (place: Place) => Promise<RecordReader>
  readonly end: () => Place
  /** Called each time it has caught up. */
  readonly onLive: () => void
}

export class Feed {
  readonly engine: string
  /** The seq after the last event of what the standby has on its disk. */
  acknowledged = 0
  isLive = false
  /** Number of the last frame sent; the standby names it when everything up to it is on its disk. */
  sent = 0
  readonly #options: FeedOptions
  #place: Place
  #isClosed = false
  readonly #reader: RecordReader

  constructor(reader: RecordReader, options: FeedOptions) {
    this.engine = options.engine
    this.#options = options
    this.#place = reader.place
    this.acknowledged = reader.place.seqNext
    this.#reader = reader
  }

  start(): void {
    void this.#catchUp(this.#reader)
  }

  /** Which frame an acknowledgement names: it has only the lower 32 bits of the number. */
  frameOf(count: number): number {
    return this.sent - ((this.sent - count) >>> 0)
  }

  close(): void {
    this.#isClosed = true
    this.isLive = false
  }

  /** A record that has just become durable here. */
  push(record: Buffer, place: Place): void {
    if (!this.isLive) return
    this.#send(record, place)
    if (this.#options.socket.writableLength < UNSENT_BYTES_MAX) return
    this.isLive = false
    void this.#catchUp()
  }

  /** A frame without records: its acknowledgement proves that the standby is still there and still one. */
  probe(): number {
    this.#send(Buffer.alloc(0), this.#place)
    return this.sent
  }

  /** The hash of the state after the last record sent, for the standby to compare. */
  check(seq: number, hash: string): void {
    const { socket, request } = this.#options
    socket.write(encodeJsonFrame(FRAME_CHECK, request, { seq, hash }))
  }

  #send(records: Buffer, place: Place): void {
    this.sent++
    this.#place = place
    this.#options.socket.write(encodeFrame(FRAME_RECORDS, this.#options.request, this.sent >>> 0, records))
  }

  async #catchUp(given?: RecordReader): Promise<void> {
    let reader = given
    try {
      reader ??= await this.#options.read(this.#place)
      while (!this.#isClosed) {
        await this.#hasRoom()
        const records = await reader.next()
        if (this.#isClosed) break
        if (records) this.#send(records, reader.place)
        else if (this.#place.crc === this.#options.end().crc) {
          this.isLive = true
          this.#options.onLive()
          break
        }
      }
    } catch (error) {
      this.close()
      const message = error instanceof Error ? error.message : String(error)
      const refusal = { code: 'journal_unreadable', message }
      this.#options.socket.end(encodeJsonFrame(FRAME_REFUSED, this.#options.request, refusal))
    } finally {
      await reader?.close()
    }
  }

  async #hasRoom(): Promise<void> {
    const { socket } = this.#options
    while (socket.writableLength > UNSENT_BYTES_MAX / 4 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          socket.off('drain', done).off('close', done)
          resolve()
        }
        socket.on('drain', done).on('close', done)
      })
    }
  }
}
