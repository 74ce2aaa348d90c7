import { setTimeout as pause } from 'node:timers/promises'
import {
  connectEngine,
  EngineUnavailable,
  MalformedCommand,
  type Balance,
  type Command,
  type Depth,
  type EngineClient,
  type EngineEvent,
  type OpenOrder,
  type Outcome,
} from '@cambium/engine'
import type { Logger } from '../broker/index.ts'
import { engineTrace } from './engine-trace.ts'
import { traced } from '../tracing/index.ts'
import { toEngine, toPlatform, toPlatformOutcome } from './platform-seq.ts'
import { exchangeRefusals } from './refusals.ts'

const DEADLINE_MS = 10_000
const RETRY_MS = 50

export interface EngineLinkOptions {
  readonly socket: string
  readonly log: Logger
  /** What the engine's own numbers are counted from, 0 unless said; asked when the first number passes. */
  readonly firstSeq?: () => number
  /** How long a command or a read waits for an engine that is gone. */
  readonly deadlineMs?: number
  /** Told of every batch of commands when it is answered. */
  readonly observe?: CommandObserver
}

export type CommandObserver = (batch: {
  readonly commands: number
  readonly durationMs: number
  readonly isAnswered: boolean
}) => void

export type KeyedCommand = Command & { readonly key: string }

/**
 * The way to one engine, in the platform's numbers. A command is repeated under its key until it is answered, so an engine that was killed and
 * restarted has it exactly once. Throws `exchange.engine_unavailable` when the engine stays away, and
 * `exchange.malformed_command` for what it could not even read.
 */
export class EngineLink {
  readonly #client: EngineClient
  readonly #log: Logger
  readonly #deadlineMs: number
  readonly #firstSeq: () => number
  readonly #observe: CommandObserver
  #isClosed = false

  constructor(options: EngineLinkOptions) {
    const { socket, log, deadlineMs = DEADLINE_MS, firstSeq = () => 0, observe = () => undefined } = options
    this.#observe = observe
    this.#firstSeq = firstSeq
    this.#log = log
    this.#deadlineMs = deadlineMs
    this.#client = connectEngine({
      socket,
      onDisconnect: (reason) => {
        if (!this.#isClosed) log.warn('The engine is not connected', { reason: reason.message })
      },
    })
  }

  async submit(command: KeyedCommand): Promise<Outcome> {
    const [outcome] = await this.submitMany([command])
    return outcome as Outcome
  }

  /** The outcomes in the order of the commands, which is the order the engine applies them in. */
  async submitMany(commands: readonly KeyedCommand[]): Promise<readonly Outcome[]> {
    const first = this.#firstSeq()
    const own = commands.map((command) => toEngine(command, first))
    const ops = [...new Set(own.map(({ op }) => op))].join(' ')
    const outcomes = await traced(
      `engine ${ops}`,
      { 'cambium.engine.commands': own.length },
      () => this.#observed(own),
      { kind: 'client' },
    )
    return outcomes.map((outcome) => toPlatformOutcome(outcome, first))
  }

  async #observed(commands: readonly KeyedCommand[]): Promise<readonly Outcome[]> {
    const beganMs = performance.now()
    let isAnswered = false
    try {
      const trace = engineTrace()
      const outcomes = await this.#persist((client) => client.submitMany(commands, trace))
      isAnswered = true
      return outcomes
    } finally {
      this.#observe({ commands: commands.length, durationMs: performance.now() - beganMs, isAnswered })
    }
  }

  /** Has the engine cancel the account's orders when this connection ends. */
  guard(account: number): Promise<void> {
    return this.#persist((client) => client.guard(account))
  }

  /** The last seq of anything that has happened. */
  async seq(): Promise<number> {
    return this.#firstSeq() + (await this.#persist((client) => client.markets())).seq
  }

  /** Of one account, or of all. */
  async balances(account?: number): Promise<{ seq: number; balances: readonly Balance[] }> {
    const { seq, balances } = await this.#persist((client) => client.balances(account))
    return { seq: this.#firstSeq() + seq, balances }
  }

  /** Everybody's orders of one market, best price first and in the order they would trade; others behind them. */
  async openOrders(market: string): Promise<{ seq: number; orders: readonly OpenOrder[] }> {
    const first = this.#firstSeq()
    const { seq, orders } = await this.#persist((client) => client.openOrders({ market }))
    return { seq: first + seq, orders: orders.map((order) => toPlatform(order, first)) }
  }

  /** Undefined when there is no such market. */
  async depth(market: string, limit: number): Promise<({ seq: number } & Depth) | undefined> {
    const depth = await this.#persist((client) => client.depth(market, limit))
    return depth && { ...depth, seq: this.#firstSeq() + depth.seq }
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
    const first = this.#firstSeq()
    let next = Math.max(fromSeq, first + 1)
    while (!signal.aborted) {
      const { promise: ended, resolve: end } = Promise.withResolvers<void>()
      let taking: Promise<void> = Promise.resolve()
      const stop = this.#client.follow(next - first, (told) => {
        const events = first === 0 ? told : told.map((event) => toPlatform(event, first))
        const fresh = events.filter((event) => event.seq >= next)
        const got = fresh[0]?.seq
        if (signal.aborted || got === undefined) return
        if (got > next) {
          this.#log.error('Events of the engine are missing and are asked for again', { next, got })
          return end()
        }
        taking = take(fresh).then(() => {
          next = (fresh.at(-1)?.seq ?? next - 1) + 1
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
