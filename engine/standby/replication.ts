/**
 * The primary's side of its standbys: sends them what is durable here, and in synchronous mode holds back every answer
 * until the one standby it is tied to has it too.
 */
import type { Replicator } from '../journal/command-log.ts'
import type { JournalPosition } from '../journal/replay.ts'
import type { Epoch, Tie } from './epoch.ts'
import type { Feed } from './feed.ts'
import { placeOf, type Place } from './record-reader.ts'

/**
 * `async`: answers when its own disk has it. `sync`: when its disk and the standby's have it, and not at all without a
 * standby. `sync-or-alone`: the same while there is a standby, and as `async` when there is none.
 */
export type StandbyMode = 'async' | 'sync' | 'sync-or-alone'
export const standbyModes: readonly StandbyMode[] = ['async', 'sync', 'sync-or-alone']

export interface ReplicationOptions {
  readonly mode: StandbyMode
  /** How long an answer waits for the standby. */
  readonly waitMs: number
  readonly epoch: Epoch
  readonly end: () => JournalPosition
  /** Tells the operator. */
  readonly say: (message: string) => void
}

/** How often a standby that has everything is told that the primary is still there. */
const HEARTBEAT_MS = 500

interface Waiting {
  /** What the standby must have, or the frame it must have had. */
  readonly due: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The standby has not answered in time. What was asked may still be done, when it is back. */
export class StandbyUnavailable extends Error {
  override readonly name = 'StandbyUnavailable'
  readonly code = 'standby_unavailable'
}

export class Replication implements Replicator {
  readonly #options: ReplicationOptions
  readonly #epoch: Epoch
  readonly #feeds = new Set<Feed>()
  /** Groups of commands, in order of their seq. */
  readonly #groups: Waiting[] = []
  /** Probes that wait for a standby, and those under way by the frame they travel in. */
  #unsent: Waiting[] = []
  #probes: Waiting[] = []
  #isProbeScheduled = false
  #timer: NodeJS.Timeout | undefined
  readonly #heartbeat: NodeJS.Timeout
  #end: JournalPosition
  /** The standby has not answered within the limit: nothing is answered until it has caught up. */
  isAway = false
  /** In `sync-or-alone`: answers without a standby. */
  isAlone = false
  /** Called when `isAway` becomes true: whoever waits is to be told. */
  onAway: () => void = () => undefined

  constructor(options: ReplicationOptions) {
    this.#options = options
    this.#epoch = options.epoch
    this.#end = options.end()
    this.isAlone = this.mode === 'sync-or-alone'
    this.#heartbeat = setInterval(() => {
      for (const feed of this.#feeds) if (feed.isLive) feed.probe()
    }, HEARTBEAT_MS).unref()
  }

  /** The mode in force: a standby that was needed stays needed until it knows that it is not any more. */
  get mode(): StandbyMode {
    return this.#epoch.pinned === undefined ? this.#options.mode : 'sync'
  }

  get end(): JournalPosition {
    return this.#end
  }

  get place(): Place {
    return placeOf(this.#end)
  }

  get feeds(): ReadonlySet<Feed> {
    return this.#feeds
  }

  onDurable(record: Buffer, _firstSeq: number, nextSeq: number): Promise<void> | undefined {
    this.#end = this.#options.end()
    for (const feed of this.#feeds) feed.push(record, this.place)
    if (this.mode === 'async' || this.isAlone || this.#acknowledged() >= nextSeq) return undefined
    return new Promise((resolve, reject) => {
      this.#groups.push({ due: nextSeq, resolve, reject })
      this.#watch()
    })
  }

  /** Before a read is answered: proves that the standby has not been promoted meanwhile. Undefined when no proof is due. */
  confirm(): Promise<void> | undefined {
    if (this.mode !== 'sync') return undefined
    if (this.isAway) return Promise.reject(this.#unavailable())
    return new Promise((resolve, reject) => {
      this.#unsent.push({ due: 0, resolve, reject })
      this.#probeSoon()
      this.#watch()
    })
  }

  /** Which standby is needed from now on. On disk before it is told, since it may promote itself without asking. */
  async tie(engine: string): Promise<Tie> {
    if (this.#options.mode !== 'sync') return 'free'
    if (this.#epoch.pinned === undefined) {
      await this.#epoch.pin(engine)
      this.#options.say(`nothing is answered without the standby ${engine} from here on`)
    }
    return this.#epoch.pinned === engine ? 'needed' : 'free'
  }

  add(feed: Feed): void {
    this.#feeds.add(feed)
  }

  remove(feed: Feed): void {
    if (!this.#feeds.delete(feed)) return
    feed.close()
    // Its probes go to the next connection, if there is one in time.
    if (this.#isNeeded(feed)) this.#unsent.push(...this.#probes.splice(0))
  }

  live(feed: Feed): void {
    if (this.#isNeeded(feed)) this.#probeSoon()
    // Its acknowledgement proves that it knows it is not needed any more.
    if (feed.engine === this.#epoch.pinned && this.#options.mode !== 'sync') feed.probe()
    this.#settle()
  }

  /** Everything up to frame number `frame`, and to before `seqNext`, is on the standby's disk. */
  acknowledge(feed: Feed, frame: number, seqNext: number): void {
    feed.acknowledged = Math.max(feed.acknowledged, seqNext)
    if (this.#epoch.pinned === feed.engine && this.#options.mode !== 'sync') this.#release(feed)
    if (this.#isNeeded(feed)) {
      const due = this.#probes
      this.#probes = due.filter((probe) => probe.due > frame)
      for (const probe of due) if (probe.due <= frame) probe.resolve()
    }
    this.#settle()
  }

  /** No more answers: this engine has been replaced, or stops. */
  stop(error: Error): void {
    clearTimeout(this.#timer)
    clearInterval(this.#heartbeat)
    this.#timer = undefined
    for (const waiting of [...this.#groups.splice(0), ...this.#takeProbes()]) waiting.reject(error)
  }

  /** The standby knows by its acknowledgement that it is not needed any more. */
  #release(feed: Feed): void {
    this.#options.say(`the standby ${feed.engine} is not needed for answers any more`)
    this.#epoch.pin(undefined).catch((error: unknown) => {
      this.#options.say(`the release of the standby was not saved: ${String(error)}`)
    })
  }

  #isNeeded(feed: Feed): boolean {
    return this.mode === 'sync' ? feed.engine === this.#epoch.pinned : true
  }

  /** The seq before which every event is on the disk of a standby that counts. */
  #acknowledged(): number {
    let highest = 0
    for (const feed of this.#feeds) {
      if (this.#isNeeded(feed)) highest = Math.max(highest, feed.acknowledged)
    }
    return highest
  }

  #settle(): void {
    const reached = this.mode === 'async' ? Infinity : this.#acknowledged()
    const settled = this.#groups.findIndex(({ due }) => due > reached)
    const done = this.#groups.splice(0, settled < 0 ? this.#groups.length : settled)
    for (const group of done) group.resolve()
    if (this.mode === 'async') for (const probe of this.#takeProbes()) probe.resolve()
    if (
      reached >= this.#end.seqNext &&
      [...this.#feeds].some((feed) => feed.isLive && this.#isNeeded(feed))
    ) {
      this.#isBack()
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#watch()
  }

  #isBack(): void {
    if (this.isAway) this.#options.say('the standby is back: commands are answered again')
    if (this.isAlone) this.#options.say('a standby has caught up: answers wait for it from here on')
    this.isAway = false
    this.isAlone = false
  }

  #probeSoon(): void {
    if (this.#isProbeScheduled) return
    this.#isProbeScheduled = true
    setImmediate(() => {
      this.#isProbeScheduled = false
      const feed = [...this.#feeds].find((one) => one.isLive && this.#isNeeded(one))
      if (!feed || this.#unsent.length === 0) return
      const due = feed.probe()
      this.#probes.push(...this.#unsent.splice(0).map((probe) => ({ ...probe, due })))
    })
  }

  #takeProbes(): Waiting[] {
    return [...this.#unsent.splice(0), ...this.#probes.splice(0)]
  }

  #unavailable(): StandbyUnavailable {
    return new StandbyUnavailable('the standby does not answer, and nothing is answered without it')
  }

  /** Gives the standby its time, from when something waits for it or from its last sign of life. */
  #watch(): void {
    const isWaiting = this.#groups.length + this.#unsent.length + this.#probes.length > 0
    if (this.#timer || !isWaiting || this.isAway) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#giveUp()
    }, this.#options.waitMs)
  }

  #giveUp(): void {
    const seq = this.#end.seqNext - 1
    if (this.mode === 'sync-or-alone') {
      this.isAlone = true
      const has = this.#acknowledged() - 1
      this.#options.say(
        `ALONE: the standby does not answer. From here on this disk has the only copy of what is answered, after event ${has < 0 ? 0 : has} of ${seq}`,
      )
      for (const group of this.#groups.splice(0)) group.resolve()
      return
    }
    this.isAway = true
    this.#options.say(
      `the standby does not answer: commands and reads are refused until it is back, at event ${seq}`,
    )
    for (const probe of this.#takeProbes()) probe.reject(this.#unavailable())
    this.onAway()
  }
}
