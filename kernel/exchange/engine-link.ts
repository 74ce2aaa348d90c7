import { setTimeout as pause } from 'node:timers/promises'
import {
  connectEngine,
  EngineUnavailable,
  MalformedCommand,
  type Command,
  type EngineClient,
  type EngineEvent,
  type Outcome,
} from '@cambium/engine'
import type { Logger } from '../broker/index.ts'
import { exchangeRefusals } from './refusals.ts'

const DEADLINE_MS = 10_000
const RETRY_MS = 50

export interface EngineLinkOptions {
  readonly socket: string
  readonly log: Logger
  /** How long a command or a read waits for an engine that is gone. */
  readonly deadlineMs?: number
}

export type KeyedCommand = Command & { readonly key: string }

/**
 * The way to the engine. A command is repeated under its key until it is answered, so an engine that was killed and
 * restarted has it exactly once. Throws `exchange.engine_unavailable` when the engine stays away, and
 * `exchange.malformed_command` for what it could not even read.
 */
export class EngineLink {
  readonly #client: EngineClient
  readonly #log: Logger
  readonly #deadlineMs: number
  #isClosed = false

  constructor({ socket, log, deadlineMs = DEADLINE_MS }: EngineLinkOptions) {
    this.#log = log
    this.#deadlineMs = deadlineMs
    this.#client = connectEngine({
      socket,
      onDisconnect: (reason) => {
        if (!this.#isClosed) log.warn('The engine is not connected', { reason: reason.message })
      },
    })
  }

  submit(command: KeyedCommand): Promise<Outcome> {
    return this.#persist((client) => client.submit(command))
  }

  /** The outcomes in the order of the commands, which is the order the engine applies them in. */
  submitMany(commands: readonly KeyedCommand[]): Promise<readonly Outcome[]> {
    return this.#persist((client) => client.submitMany(commands))
  }

  read<T>(question: (client: EngineClient) => Promise<T>): Promise<T> {
    return this.#persist(question)
  }

  async #persist<T>(work: (client: EngineClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#deadlineMs
    for (;;) {
      try {
        return await work(this.#client)
      } catch (error) {
        if (error instanceof MalformedCommand)
          throw exchangeRefusals.malformed_command({ reason: error.message })
        if (!(error instanceof EngineUnavailable)) throw error
        if (this.#isClosed || performance.now() > deadline) {
          this.#log.warn('The engine does not answer', { error })
          throw exchangeRefusals.engine_unavailable()
        }
        await pause(RETRY_MS)
      }
    }
  }

  /**
   * Hands on every event from `fromSeq` on, each once and in order, whole commands at a time; the next ones come when
   * `take` has resolved. Resolves when `signal` has aborted and the last `take` is done.
   */
  async follow(
    fromSeq: number,
    take: (events: readonly EngineEvent[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let next = fromSeq
    while (!signal.aborted) {
      const { promise: ended, resolve: end } = Promise.withResolvers<void>()
      let taking: Promise<void> = Promise.resolve()
      const stop = this.#client.follow(next, (events) => {
        const first = events.find((event) => event.seq >= next)
        if (signal.aborted || !first) return
        if (first.seq > next) {
          this.#log.error('Events of the engine are missing and are asked for again', {
            next,
            got: first.seq,
          })
          return end()
        }
        taking = take(events.filter((event) => event.seq >= next)).then(() => {
          next = (events.at(-1)?.seq ?? next - 1) + 1
        })
        return taking
      })
      signal.addEventListener('abort', () => end(), { once: true })
      if (signal.aborted) end()
      await ended
      stop()
      await taking.catch(() => undefined)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#client.close()
  }
}
