/**
 * Cancel on disconnect: the accounts whose orders end with the connection that guards them. Which those are is part of the
 * engine's state, so that a crash ends them too: who starts, or is promoted, cancels for all connections of before.
 */
import type { Sequencer } from './sequencer.ts'

const RETRY_MS = 500

export class Guards {
  readonly #sequencer: Sequencer
  #isStopped = false

  constructor(sequencer: Sequencer) {
    this.#sequencer = sequencer
  }

  /** No connection has that number, has had it or will have it, once a command has been submitted under it. */
  get nextSession(): number {
    return this.#sequencer.seqNext
  }

  /** From now on the account is that session's, and nobody else's. Rejects when it will not be durable. */
  async guard(account: number, session: number): Promise<void> {
    await this.#sequencer.submitOwn({ op: 'guard', account, session })
  }

  /** A connection has ended. */
  release(session: number): void {
    for (const [account, owner] of this.#sequencer.state.guards) {
      if (owner === session) void this.#cancel(account, session)
    }
  }

  /** The connections of all sessions have ended, in another life of this engine or with another engine. */
  releaseAll(): void {
    for (const [account, session] of this.#sequencer.state.guards) void this.#cancel(account, session)
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Tries until it is done: while the journal cannot be written nobody else can place or trade either. */
  async #cancel(account: number, session: number): Promise<void> {
    while (!this.#isStopped) {
      try {
        if (await this.#cancelSome(account, session)) return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      }
    }
  }

  /** True when nothing is left to do, also because another connection has taken the account over. */
  async #cancelSome(account: number, session: number): Promise<boolean> {
    if (this.#sequencer.state.guards.get(account) !== session) return true
    const { events } = await this.#sequencer.submitOwn({ op: 'cancelAll', account, reason: 'disconnect' })
    const last = events.at(-1)
    if (last?.event === 'canceledAll' && last.left > 0) return false
    if (this.#sequencer.state.guards.get(account) !== session) return true
    await this.#sequencer.submitOwn({ op: 'guard', account, session: 0 })
    return true
  }
}
