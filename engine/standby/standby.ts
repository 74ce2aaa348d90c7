/**
 * Follows a primary: writes the very same records to its own journal, tells when they are on its disk, and applies
 * them to its own state. It starts from where its journal ends, and stops at the first thing that does not fit.
 */
import { EngineLink, EngineUnavailable } from '../client/link.ts'
import type { EngineState } from '../core/state.ts'
import { hashOf } from '../core/state-hash.ts'
import {
  FRAME_ACKNOWLEDGE,
  FRAME_CHECK,
  FRAME_FOLLOWED,
  FRAME_RECORDS,
  type Frame,
} from '../process/frame.ts'
import type { Epoch, Tie } from './epoch.ts'
import type { Place } from './record-reader.ts'
import { Diverged, type Replica } from './replica.ts'

const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1000
/** A primary that says nothing for so long, not even that it is there, is asked again on a new connection. */
const SILENCE_MS = 3000
/** Frames that wait to be written are written together up to so many bytes. */
const WRITE_BYTES_MAX = 4 << 20

/** What a primary says when it starts to send records. */
export interface Followed {
  readonly tie: Tie
  readonly epoch: number
  readonly seq: number
}

export interface StandbyOptions {
  /** The primary's address. */
  readonly primary: string
  readonly epoch: Epoch
  readonly replica: Replica
  /** It has stopped for good: what it is cannot follow. */
  readonly onDiverged: (error: Diverged) => void
  /** The primary does not keep the records this standby needs any more. */
  readonly onGone: (reason: string) => void
  readonly say: (message: string) => void
}

export class Standby {
  readonly primary: string
  readonly #options: StandbyOptions
  readonly #epoch: Epoch
  readonly #queue: { readonly link: EngineLink; readonly frame: Frame }[] = []
  readonly #arrivals = new Set<() => void>()
  readonly #checks = new Set<(error: Error | undefined, seq: number) => void>()
  #link: EngineLink | undefined
  #isFollowing = false
  #isStopped = false
  #working: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = RETRY_MS_MIN
  #silence: NodeJS.Timeout | undefined
  #why = ''
  /** Seq of the primary's last event, as far as it has told. */
  primarySeq = 0

  constructor(options: StandbyOptions) {
    this.#options = options
    this.#epoch = options.epoch
    this.primary = options.primary
  }

  start(): void {
    void this.#connect()
  }

  get place(): Place {
    return this.#options.replica.place
  }

  get state(): EngineState {
    return this.#options.replica.state
  }

  get status(): { primary: string; isFollowing: boolean; primarySeq: number; why?: string } {
    const { primary, primarySeq } = this
    return { primary, isFollowing: this.#isFollowing, primarySeq, ...(this.#why && { why: this.#why }) }
  }

  async #connect(): Promise<void> {
    const link = new EngineLink(
      this.primary,
      {
        onReplica: (frame) => {
          this.#receive(link, frame)
        },
        onClose: (reason) => {
          this.#lost(reason)
        },
      },
      { epoch: this.#epoch.known, engine: this.#epoch.engine },
    )
    this.#link = link
    this.#heard(link)
    try {
      const { epoch, known } = await link.opened
      if (this.#isStopped) return
      await this.#epoch.hear(known)
      await this.#options.replica.recover()
      if (epoch < this.#epoch.epoch) {
        throw new EngineUnavailable(
          `${this.primary} is of epoch ${epoch}, this one has reached ${this.#epoch.epoch}`,
        )
      }
      const question = { engine: this.#epoch.engine, epoch: this.#epoch.epoch, ...this.place }
      link.replicate(question).catch((error: unknown) => {
        this.#refused(link, error as EngineUnavailable)
      })
    } catch (error) {
      link.fail(error as Error)
    }
  }

  #lost(reason: Error): void {
    const wasFollowing = this.#isFollowing
    clearTimeout(this.#silence)
    this.#link = undefined
    this.#isFollowing = false
    for (const done of this.#checks) done(reason, 0)
    if (this.#isStopped) return
    if (wasFollowing || this.#why !== reason.message) {
      this.#options.say(`does not follow ${this.primary}: ${reason.message}`)
    }
    this.#why = reason.message
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX)
  }

  #refused(link: EngineLink, error: EngineUnavailable): void {
    if (error.code === 'engine_is_diverged') return this.#diverge(error.message)
    if (error.code === 'records_gone') {
      void this.stop()
      return this.#options.onGone(error.message)
    }
    link.fail(error)
  }

  #diverge(message: string): void {
    void this.stop()
    this.#why = message
    const error = new Diverged(message)
    for (const done of this.#checks) done(error, 0)
    this.#options.onDiverged(error)
  }

  /** A line that loses everything tells neither end. */
  #heard(link: EngineLink): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      link.fail(new EngineUnavailable(`${this.primary} is silent`))
    }, SILENCE_MS)
  }

  #receive(link: EngineLink, frame: Frame): void {
    if (this.#isStopped || link !== this.#link) return
    this.#heard(link)
    this.#queue.push({ link, frame })
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
  }

  async #work(): Promise<void> {
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const { link, frame } = first
      try {
        if (link !== this.#link || this.#isStopped) this.#queue.shift()
        else if (frame.kind === FRAME_RECORDS) await this.#take(link)
        else {
          this.#queue.shift()
          if (frame.kind === FRAME_FOLLOWED) await this.#followed(frame)
          if (frame.kind === FRAME_CHECK) this.#check(frame)
        }
      } catch (error) {
        if (error instanceof Diverged) this.#diverge(error.message)
        else link.fail(error as Error)
      }
    }
  }

  /** Whether this standby is needed is on disk before it acknowledges anything on those terms. */
  async #followed({ payload }: Frame): Promise<void> {
    const { tie, epoch, seq } = JSON.parse(payload.toString()) as Followed
    // A primary that was replaced, and whose records the new one all has, is a standby from here on.
    if (this.#epoch.role !== 'standby') await this.#epoch.become('standby')
    await this.#epoch.tieTo(tie)
    this.primarySeq = seq
    this.#retryMs = RETRY_MS_MIN
    this.#isFollowing = true
    this.#why = ''
    this.#options.say(`follows ${this.primary} in epoch ${epoch} from event ${this.place.seqNext} on`)
  }

  /** Takes all waiting records: to the disk, acknowledged, then applied and given out. */
  async #take(link: EngineLink): Promise<void> {
    const { replica } = this.#options
    const parts: Buffer[] = []
    let last: Frame | undefined
    for (let bytes = 0; this.#queue[0]?.frame.kind === FRAME_RECORDS && bytes < WRITE_BYTES_MAX;) {
      if (this.#queue[0].link !== link) break
      last = this.#queue.shift()!.frame
      parts.push(last.payload)
      bytes += last.payload.length
    }
    const records = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    const heads = replica.check(records)
    await replica.write(records)
    if (this.#isStopped || link !== this.#link) {
      await replica.apply(records, heads)
      return
    }
    const payload = Buffer.alloc(8)
    payload.writeDoubleLE(this.place.seqNext)
    link.send(FRAME_ACKNOWLEDGE, last!.count, payload)
    await replica.apply(records, heads)
    this.primarySeq = Math.max(this.primarySeq, this.place.seqNext - 1)
    for (const arrived of this.#arrivals) arrived()
  }

  /** The primary's hash of the state after the last record it sent, which is the last one applied here. */
  #check({ payload }: Frame): void {
    const { seq, hash } = JSON.parse(payload.toString()) as { seq: number; hash: string }
    if (seq !== this.place.seqNext - 1)
      throw new Error(`a hash of event ${seq} came after event ${this.place.seqNext - 1}`)
    if (hash !== hashOf(this.state)) throw new Diverged(`the state after event ${seq} is not the primary's`)
    for (const done of this.#checks) done(undefined, seq)
  }

  /** Compares the whole state with the primary's at one seq. Rejects with `Diverged` when they are not the same. */
  async verify(): Promise<{ seq: number }> {
    const link = this.#link
    if (!link || !this.#isFollowing) throw new EngineUnavailable(`there is no connection to ${this.primary}`)
    return new Promise((resolve, reject) => {
      const done = (error: Error | undefined, seq: number): void => {
        this.#checks.delete(done)
        if (error) reject(error)
        else resolve({ seq })
      }
      this.#checks.add(done)
      link.ask({ ask: 'check' }).catch((error: unknown) => {
        done(error as Error, 0)
      })
    })
  }

  /** Resolves true when everything before `seqNext` is here, false when that takes longer than `ms`. */
  async reached(seqNext: number, ms: number): Promise<boolean> {
    if (this.place.seqNext >= seqNext) return true
    return new Promise((resolve) => {
      const end = (isReached: boolean): void => {
        clearTimeout(late)
        this.#arrivals.delete(arrived)
        resolve(isReached)
      }
      const arrived = (): void => {
        if (this.place.seqNext >= seqNext) end(true)
      }
      const late = setTimeout(end, ms, false)
      this.#arrivals.add(arrived)
    })
  }

  /** Follows and acknowledges no more. Resolves when what had come is written and applied. */
  stop(): Promise<void> {
    this.#isStopped = true
    this.#isFollowing = false
    clearTimeout(this.#retry)
    clearTimeout(this.#silence)
    this.#link?.close()
    return this.#working ?? Promise.resolve()
  }
}
