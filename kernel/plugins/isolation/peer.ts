import { packError, unpackError, type ErrorWire } from './error-wire.ts'
import { Luggage, newTrip, type CallbackKind, type Trip } from './luggage.ts'

/** One end of a channel that carries what structured clone can. */
export interface Port {
  post(message: unknown): void
  listen(onMessage: (message: unknown) => void): void
}

/**
 * How a method is called. `ask`: for its answer; what is handed over with it (functions, signals) lives as long as the
 * call. `tell`: nothing comes back. `listen`: functions given are told, until the signal given with them aborts.
 * `provide`: functions given are asked, as long as both sides live.
 */
export type MethodKind = 'ask' | 'tell' | 'listen' | 'provide'

const CALL = 0
const ANSWER = 1
const FAILURE = 2
const TELL = 3
const ABORT = 4

type Frame =
  | readonly [typeof CALL, id: number, method: string, args: unknown[], kind: CallbackKind, step?: string]
  | readonly [typeof ANSWER, id: number, value: unknown]
  | readonly [typeof FAILURE, id: number, error: ErrorWire]
  | readonly [typeof TELL, method: string, args: unknown[], kind: CallbackKind, step?: string]
  | readonly [typeof ABORT, id: number]

/** Carries the step of a trace over the channel: what is asked in it on the other side belongs to it. */
export interface StepCarrier {
  leave(): string | undefined
  back?(step: string): void
  run<T>(step: string | undefined, work: () => T): T
}

export interface PeerOptions {
  readonly port: Port
  readonly steps?: StepCarrier
  /** What the other side may call. */
  serve(method: string, args: unknown[]): unknown
  transactionId?(value: unknown): number | undefined
  transaction?(id: number): unknown
  /** Rewrites errors before they leave. */
  translate?(error: unknown): unknown
  /** A told method threw. */
  onError(error: unknown): void
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly trip: Trip
  readonly step: string | undefined
}

const CALLBACK = '@callback'

/** Calls between two threads or processes, both ways: correlated, with signals and callbacks, errors rebuilt. */
export class Peer {
  readonly #options: PeerOptions
  readonly #luggage: Luggage
  readonly #waiting = new Map<number, Waiting>()
  #count = 0
  #closed: Error | undefined

  constructor(options: PeerOptions) {
    this.#options = options
    this.#luggage = new Luggage({
      transactionId: (value) => options.transactionId?.(value),
      transaction: (id) => options.transaction?.(id),
      callback: (id, kind, args) =>
        kind === 'ask' ? this.ask(CALLBACK, [id, args]) : this.tell(CALLBACK, [id, args]),
      aborted: (id) => this.#post([ABORT, id]),
    })
    options.port.listen((message) => this.#receive(message as Frame))
  }

  /** Calls without an answer yet. */
  get pending(): number {
    return this.#waiting.size
  }

  /** `kind` says how the other side calls the functions among `args`, while the call lasts. */
  ask(method: string, args: unknown[], kind: CallbackKind = 'ask'): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#closed)
    this.#count += 1
    const id = this.#count
    const trip = newTrip()
    return new Promise((resolve, reject) => {
      const step = this.#options.steps?.leave()
      this.#waiting.set(id, { resolve, reject, trip, step })
      try {
        const packed = this.#packed(args, trip)
        this.#post(
          step === undefined ? [CALL, id, method, packed, kind] : [CALL, id, method, packed, kind, step],
        )
      } catch (error) {
        // What cannot be cloned is the caller's mistake, and nobody will answer.
        this.#settle(id)?.reject(error as Error)
      }
    })
  }

  /** Functions among `args` live as long as this peer. */
  tell(method: string, args: unknown[], kind: CallbackKind = 'ask'): void {
    const step = this.#options.steps?.leave()
    const packed = this.#packed(args, newTrip())
    this.#post(step === undefined ? [TELL, method, packed, kind] : [TELL, method, packed, kind, step])
    // Nobody answers what is told: on the kernel's side its step would never come back.
    if (step !== undefined) this.#options.steps?.back?.(step)
  }

  /** Nothing comes any more: whoever waits is refused, whoever works for the other side is told to stop. */
  close(reason: Error): void {
    this.#closed ??= reason
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(reason)
    this.#luggage.abortAll()
  }

  #packed(args: unknown[], trip: Trip): unknown[] {
    return this.#luggage.pack(args, trip) as unknown[]
  }

  #post(frame: Frame): void {
    if (!this.#closed) this.#options.port.post(frame)
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (!waiting) return undefined
    this.#waiting.delete(id)
    this.#luggage.takeBack(waiting.trip)
    if (waiting.step !== undefined) this.#options.steps?.back?.(waiting.step)
    return waiting
  }

  /** The other side may send anything: what cannot be understood harms nobody here. */
  #receive(frame: Frame): void {
    if (this.#closed || !Array.isArray(frame)) return
    try {
      this.#take(frame)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #take(frame: Frame): void {
    switch (frame[0]) {
      case CALL:
        this.#within(frame[5], () => void this.#answer(frame[1], frame[2], frame[3], frame[4]))
        break
      case ANSWER:
        this.#settle(frame[1])?.resolve(frame[2])
        break
      case FAILURE: {
        const error = unpackError(frame[2])
        this.#settle(frame[1])?.reject(error)
        break
      }
      case TELL:
        this.#within(frame[4], () => this.#hear(frame[1], frame[2], frame[3]))
        break
      case ABORT:
        this.#luggage.abort(frame[1])
        break
    }
  }

  #within(step: string | undefined, work: () => void): void {
    const { steps } = this.#options
    if (steps) steps.run(step, work)
    else work()
  }

  async #answer(id: number, method: string, args: unknown[], kind: CallbackKind): Promise<void> {
    const trip = newTrip()
    try {
      this.#post([ANSWER, id, await this.#run(method, this.#luggage.unpack(args, kind, trip) as unknown[])])
    } catch (error) {
      const { translate = (same: unknown) => same } = this.#options
      this.#post([FAILURE, id, packError(translate(error))])
    } finally {
      this.#luggage.takeBack(trip)
    }
  }

  #hear(method: string, args: unknown[], kind: CallbackKind): void {
    try {
      const heard = this.#run(method, this.#luggage.unpack(args, kind, newTrip()) as unknown[])
      Promise.resolve(heard).catch((error: unknown) => this.#options.onError(error))
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #run(method: string, args: unknown[]): unknown {
    if (method !== CALLBACK) return this.#options.serve(method, args)
    const [id, handed] = args as [number, unknown[]]
    return this.#luggage.run(id, handed)
  }
}
