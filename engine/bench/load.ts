/** Commands as load on an engine's socket: as fast as they are answered, or at a rate of their own. */
import { EngineLink } from '../client/link.ts'
import type { Frame } from '../process/frame.ts'
import { batchesOf, type Commands } from './player.ts'

/** Frames of a thousand commands that wait for their answers at a time. */
const FRAMES_IN_FLIGHT = 64
const FRAME_COMMANDS_MAX = 1024
/** Commands that fall due within this time travel together, as a gateway's do that has many customers. */
const TOGETHER_MS = 0.05
/** The kernel makes it somewhat longer. */
const SLEEP_MS = 0.02

const moment = new Int32Array(new SharedArrayBuffer(4))

/** A connection from another process than the engine, which sends commands in their order. */
export class Load {
  readonly #link: EngineLink
  #commands: Commands
  /** The next command to send. */
  next = 0

  private constructor(link: EngineLink, commands: Commands) {
    this.#link = link
    this.#commands = commands
  }

  static async connect(socket: string, commands: Commands): Promise<Load> {
    const link = new EngineLink(socket, { onClose: () => undefined })
    await link.opened
    return new Load(link, commands)
  }

  /** Goes on with others. */
  take(commands: Commands): void {
    this.#commands = commands
    this.next = 0
  }

  #submit(bytes: Uint8Array, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (frame: Frame): void => {
        if (frame.count === count) resolve()
        else reject(new Error(`of ${count} commands ${frame.count} were answered`))
      }
      this.#link.submit(count, bytes, { resolve: check, reject })
    })
  }

  /** Sends the commands up to `end`, a window of them unanswered at any time. Answers the seconds it took. */
  async flood(end: number): Promise<number> {
    const batches = batchesOf(this.#commands, this.next, end)
    this.next = end
    let sent = 0
    const startedAt = performance.now()
    const lane = async (): Promise<void> => {
      for (let batch = batches[sent++]; batch; batch = batches[sent++]) {
        await this.#submit(batch.bytes, batch.count)
      }
    }
    await Promise.all(Array.from({ length: FRAMES_IN_FLIGHT }, lane))
    return (performance.now() - startedAt) / 1000
  }

  /**
   * Offers `count` commands at a steady rate, however slowly they are answered. Answers the milliseconds from when each
   * was due until it was answered, so that one that had to wait to be sent counts its wait.
   */
  async offer(count: number, perSecond: number): Promise<Float32Array> {
    const { bytes, offsets } = this.#commands
    const first = this.next
    const waits = new Float32Array(count)
    const startedAt = performance.now()
    const dueAt = (n: number): number => startedAt + (n * 1000) / perSecond
    const answers: Promise<void>[] = []
    const send = async (from: number, end: number): Promise<void> => {
      await this.#submit(bytes.subarray(offsets[first + from], offsets[first + end]), end - from)
      const now = performance.now()
      for (let n = from; n < end; n++) waits[n] = now - dueAt(n)
    }
    for (let sent = 0; sent < count;) {
      const now = performance.now()
      const due = Math.min(count, Math.floor(((now - startedAt) * perSecond) / 1000) + 1)
      while (sent < due && now - dueAt(sent) >= TOGETHER_MS) {
        const end = Math.min(due, sent + FRAME_COMMANDS_MAX)
        answers.push(send(sent, end))
        sent = end
      }
      // Asleep for a moment, because on two cores a loop that waits awake takes one from the engine and its disk.
      Atomics.wait(moment, 0, 0, SLEEP_MS)
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.next = first + count
    await Promise.all(answers)
    return waits
  }

  close(): void {
    this.#link.close()
  }
}
