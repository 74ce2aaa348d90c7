/**
 * Brings events from memory to the files of the event log: a moment late, many groups at a time, so that the log takes
 * little from the journal, which answers wait for. However often that has to be tried: they are durable and given out.
 */
import type { EventLog } from '../journal/event-log.ts'
import type { Group } from './group.ts'

/** Written when so much waits, or the oldest for so long. */
const DUE_BYTES = 1 << 18
const DUE_MS = 10
/** With more than this waiting no other group is written to the journal. */
const WAITING_BYTES_MAX = 16 << 20
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 5000

export class LogWriter {
  readonly #log: EventLog
  /** Called with why the log cannot be written, each time that is tried, and with undefined when it is again. */
  readonly #onFailure: (failure: Error | undefined) => void
  #isWriting = false
  #isHalted = false
  #timer: NodeJS.Timeout | undefined
  #written: (() => void)[] = []
  /** Something could not be written so far. */
  isFailing = false

  constructor(log: EventLog, onFailure: (failure: Error | undefined) => void) {
    this.#log = log
    this.#onFailure = onFailure
  }

  /** The group's events can be read from now on. */
  add(group: Group, nextSeq: number): void {
    const { firstSeq, events } = group
    this.#log.add(events.bytes(), firstSeq, nextSeq - firstSeq)
    if (this.#log.lateBytes >= DUE_BYTES) void this.#write()
    else if (!this.#isWriting) this.#timer ??= setTimeout(() => void this.#write(), DUE_MS)
  }

  /** Resolves when little enough waits for another group. */
  async room(): Promise<void> {
    while (this.#log.lateBytes > WAITING_BYTES_MAX && !this.#isHalted) {
      await new Promise<void>((resolve) => this.#written.push(resolve))
    }
  }

  /** Resolves when nothing waits any more, or it never will be written. */
  async drain(): Promise<void> {
    while (this.#log.lateBytes > 0 && !this.#isHalted) {
      void this.#write()
      await new Promise<void>((resolve) => this.#written.push(resolve))
    }
    clearTimeout(this.#timer)
  }

  /** What cannot be written is not tried again. */
  halt(): void {
    this.#isHalted = true
    this.#tellWaiting()
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    do {
      await this.#writeWaiting()
      this.#tellWaiting()
    } while (this.#log.lateBytes >= DUE_BYTES && !this.#isHalted)
    this.#isWriting = false
    if (this.#log.lateBytes > 0 && !this.#isHalted) this.#timer = setTimeout(() => void this.#write(), DUE_MS)
  }

  async #writeWaiting(): Promise<void> {
    for (let pause = RETRY_MS_MIN; !this.#isHalted; pause = Math.min(pause * 2, RETRY_MS_MAX)) {
      try {
        await this.#log.write()
        break
      } catch (error) {
        if (this.#isHalted) return
        this.isFailing = true
        this.#onFailure(error instanceof Error ? error : new Error(String(error)))
        await new Promise((resolve) => setTimeout(resolve, pause).unref())
      }
    }
    if (!this.isFailing) return
    this.isFailing = false
    this.#onFailure(undefined)
  }

  #tellWaiting(): void {
    for (const tell of this.#written.splice(0)) tell()
  }
}
