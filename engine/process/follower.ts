/** Sends one client all events from a seq on: first from the log, then as they happen, never more than it can take. */
import type { Socket } from 'node:net'
import { EventsGone, type EventLog } from '../journal/event-log.ts'
import { eventsFrom, EventReader } from '../journal/event-reader.ts'
import { encodeFrame, encodeJsonFrame, FRAME_EVENTS, FRAME_REFUSED } from './frame.ts'

/** A client with more than this unsent is served from the log again, at its own pace. */
const UNSENT_BYTES_MAX = 4 << 20

export class Follower {
  readonly #request: number
  readonly #socket: Socket
  readonly #log: EventLog
  #nextSeq: number
  #isLive = false
  #isClosed = false

  constructor(request: number, fromSeq: number, { socket, log }: { socket: Socket; log: EventLog }) {
    this.#request = request
    this.#nextSeq = fromSeq
    this.#socket = socket
    this.#log = log
    void this.#catchUp()
  }

  close(): void {
    this.#isClosed = true
  }

  /** One group of events that just became readable. */
  push(events: Buffer, firstSeq: number, nextSeq: number): void {
    if (!this.#isLive || this.#isClosed || nextSeq <= this.#nextSeq) return
    this.#send(firstSeq < this.#nextSeq ? eventsFrom(events, this.#nextSeq) : events, nextSeq)
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) {
      this.#isLive = false
      void this.#catchUp()
    }
  }

  #send(events: Buffer, nextSeq: number): void {
    this.#nextSeq = nextSeq
    this.#socket.write(encodeFrame(FRAME_EVENTS, this.#request, 0, events))
  }

  async #catchUp(): Promise<void> {
    const reader = new EventReader(this.#log, this.#nextSeq)
    try {
      while (!this.#isClosed) {
        await this.#hasRoom()
        const events = await reader.next()
        if (this.#isClosed) break
        if (events) this.#send(events, reader.nextSeq)
        else if (reader.nextSeq >= this.#log.nextSeq) {
          this.#isLive = true
          break
        }
      }
    } catch (error) {
      this.#isClosed = true
      const message = error instanceof Error ? error.message : String(error)
      const code = error instanceof EventsGone ? 'seq_gone' : 'log_unreadable'
      this.#socket.end(encodeJsonFrame(FRAME_REFUSED, this.#request, { code, message }))
    } finally {
      await reader.close()
    }
  }

  async #hasRoom(): Promise<void> {
    while (this.#socket.writableLength > UNSENT_BYTES_MAX / 4 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.#socket.off('drain', done).off('close', done)
          resolve()
        }
        this.#socket.on('drain', done).on('close', done)
      })
    }
  }
}
