/** Frames of commands whose clients want to know how long they took. Nothing of it reaches the state or the journal. */
import { encodeFrame, FRAME_TIMES, type Frame } from './frame.ts'

/** What the engine took for a frame of commands. */
export interface EngineTimes {
  /** Until they were checked and applied. */
  readonly applyMs: number
  /** From then on, until they were on every disk they have to be on. */
  readonly journalMs: number
}

/** A frame that took long, with the ids its client gave. */
export interface SlowFrame extends EngineTimes {
  readonly ids: string
  readonly at: string
}

const OPEN_MAX = 1024
const IDS_BYTES_MAX = 4096
const SLOW_MS = 250
const SLOW_KEPT = 20

/** The times of one frame on its way through the engine. */
export class TracedFrame {
  readonly #beganMs = performance.now()
  readonly #tell: (times: EngineTimes) => Buffer
  #appliedMs: number | undefined

  constructor(tell: (times: EngineTimes) => Buffer) {
    this.#tell = tell
  }

  applied(): void {
    this.#appliedMs = performance.now()
  }

  /** It is durable: what goes to the client in front of the answer. */
  end(): Buffer {
    const endedMs = performance.now()
    const appliedMs = this.#appliedMs ?? endedMs
    return this.#tell({ applyMs: appliedMs - this.#beganMs, journalMs: endedMs - appliedMs })
  }
}

export class TracedRequests {
  readonly #ids = new Map<number, string>()
  readonly #slow: SlowFrame[]

  /** `slow` is everybody's: what took long is added to it. */
  constructor(slow: SlowFrame[]) {
    this.#slow = slow
  }

  /** The ids come in front of the frame of commands that has the same number. */
  announce({ request, payload }: Frame): void {
    if (this.#ids.size < OPEN_MAX) this.#ids.set(request, payload.toString('latin1', 0, IDS_BYTES_MAX))
  }

  /** Undefined for nearly every frame: its client does not ask. */
  begin(request: number): TracedFrame | undefined {
    const ids = this.#ids.get(request)
    if (ids === undefined) return undefined
    this.#ids.delete(request)
    return new TracedFrame((times) => {
      if (times.applyMs + times.journalMs >= SLOW_MS)
        this.#keep({ ids, ...times, at: new Date().toISOString() })
      return timesFrame(request, times)
    })
  }

  #keep(frame: SlowFrame): void {
    this.#slow.push(frame)
    if (this.#slow.length > SLOW_KEPT) this.#slow.shift()
  }
}

function timesFrame(request: number, { applyMs, journalMs }: EngineTimes): Buffer {
  const payload = Buffer.alloc(16)
  payload.writeDoubleLE(applyMs)
  payload.writeDoubleLE(journalMs, 8)
  return encodeFrame(FRAME_TIMES, request, 0, payload)
}

export function readTimes({ payload }: Frame): EngineTimes {
  return { applyMs: payload.readDoubleLE(0), journalMs: payload.readDoubleLE(8) }
}
