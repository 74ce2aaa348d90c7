/**
 * What a process's connections are served from. Its role may change while they are open: a standby is promoted, a primary
 * is replaced. Then all clients are sent away, and find out for themselves who answers now.
 */
import type { Socket } from 'node:net'
import type { EngineState } from '../core/state.ts'
import { SEQ_NEXT } from '../core/layout.ts'
import type { Disk } from '../journal/disk.ts'
import type { EventLog } from '../journal/event-log.ts'
import type { Epoch } from '../standby/epoch.ts'
import { Feed } from '../standby/feed.ts'
import { RecordReader, type Place } from '../standby/record-reader.ts'
import type { Herald } from '../standby/herald.ts'
import type { Replication } from '../standby/replication.ts'
import type { Standby } from '../standby/standby.ts'
import { Refused } from './refused.ts'
import { encodeJsonFrame, FRAME_FOLLOWED } from './frame.ts'
import type { Greeting } from '../client/link.ts'
import type { Connection, Refusal } from './connection.ts'
import type { Guards } from './guards.ts'
import type { Sequencer } from './sequencer.ts'
import type { SlowFrame } from './traced-requests.ts'

/** What operators and other engines ask, whatever the role; see `standby/control.ts`. */
export interface ControlRequest {
  readonly ask: string
}

/** A standby says who it is, and after what it wants the records. */
export interface ReplicateRequest extends Place {
  readonly engine: string
  readonly epoch: number
}

interface ServiceParts {
  readonly disk: Disk
  readonly folder: string
  readonly epoch: Epoch
  readonly log: EventLog
  readonly control: (request: ControlRequest) => Promise<unknown>
  /** What has been heard could not be kept. */
  readonly onUnsaved: (error: unknown) => void
}

export class Service {
  readonly #parts: ServiceParts
  readonly connections = new Set<Connection>()
  /** The last frames of commands that took long. */
  readonly slow: SlowFrame[] = []
  /** Of a primary, also of one that has been replaced. */
  sequencer: Sequencer | undefined
  guards: Guards | undefined
  replication: Replication | undefined
  herald: Herald | undefined
  /** Of a standby. */
  standby: Standby | undefined

  constructor(parts: ServiceParts) {
    this.#parts = parts
  }

  get epoch(): Epoch {
    return this.#parts.epoch
  }

  get log(): EventLog {
    return this.#parts.log
  }

  get isStandby(): boolean {
    return this.epoch.role === 'standby'
  }

  get state(): EngineState {
    return (this.sequencer ?? this.standby)!.state
  }

  get seqNext(): number {
    return this.state.f[SEQ_NEXT >> 1]!
  }

  hello(): object {
    const { engine, role, epoch, known } = this.epoch
    return { engine, role, epoch, known, seq: this.seqNext - 1, tracing: true }
  }

  /** Why nothing of this kind is answered now. */
  refusal(kind: 'command' | 'read'): Refusal | undefined {
    const { role, reason } = this.epoch
    if (role === 'fenced' || role === 'diverged') {
      return { code: `engine_is_${role}`, message: reason ?? `this engine is ${role}` }
    }
    if (role === 'standby') {
      if (kind === 'read') return undefined
      return {
        code: 'engine_is_standby',
        message: `this is a standby; ${this.standby?.primary} takes commands`,
      }
    }
    if (this.replication?.isAway) {
      return { code: 'standby_unavailable', message: 'nothing is answered until the standby is back' }
    }
    if (kind === 'read' || !this.sequencer?.failure) return undefined
    const message = `the journal cannot be written: ${this.sequencer.failure.message}`
    return { code: 'journal_unavailable', message }
  }

  /** Why events cannot be followed from a seq by somebody who has those before it from an engine of `epoch`, or of none. */
  refusalOfFollower(fromSeq: number, epoch: number): Refusal | undefined {
    const branch = epoch > 0 ? this.epoch.after(epoch) : undefined
    if (branch !== undefined && fromSeq > branch) {
      const message = `events ${branch} to ${fromSeq - 1} of epoch ${epoch} were lost: the next epoch has others in their place`
      return { code: 'events_replaced', message }
    }
    if (fromSeq <= this.seqNext) return undefined
    const message = `event ${fromSeq} is asked for, but this engine has only reached ${this.seqNext - 1}`
    return { code: 'seq_beyond_end', message }
  }

  /** Calls back when what the state shows now may be told, or with why it may not. */
  whenSafe(settled: (why: Refusal | undefined) => void): void {
    if (this.isStandby || !this.sequencer) return settled(undefined)
    this.sequencer.whenDurable((isDurable) => {
      if (!isDurable)
        return settled(this.refusal('command') ?? { code: 'engine_unavailable', message: 'stopping' })
      const confirmed = this.replication?.confirm()
      if (!confirmed) return settled(undefined)
      confirmed.then(
        () => {
          settled(undefined)
        },
        (error: unknown) => {
          settled(this.refusal('read') ?? { code: 'standby_unavailable', message: (error as Error).message })
        },
      )
    })
  }

  safe(): Promise<Refusal | undefined> {
    return new Promise((resolve) => {
      this.whenSafe(resolve)
    })
  }

  /** A client tells the highest epoch it has seen. */
  greet({ epoch, engine }: Greeting): void {
    if (epoch > this.epoch.known) this.epoch.hear(epoch, engine).catch(this.#parts.onUnsaved)
  }

  control(request: ControlRequest): Promise<unknown> {
    return this.#parts.control(request)
  }

  /** Starts to send a standby what comes after the records it has, or refuses. */
  async replicate(
    { engine, epoch, seqNext, crc }: ReplicateRequest,
    { request, socket }: { request: number; socket: Socket },
  ): Promise<Feed> {
    const { replication } = this
    const { role } = this.epoch
    if (!replication || (role !== 'primary' && role !== 'fenced')) {
      throw new Refused(`engine_is_${role}`, `an engine that is ${role} has no records to give`)
    }
    // A replaced primary still gives its last records to whoever takes over from it.
    if (role === 'fenced' && epoch !== this.epoch.epoch) {
      throw new Refused('engine_is_fenced', this.epoch.reason ?? 'this engine was replaced')
    }
    const feed: Feed = new Feed(await this.#find({ seqNext, crc }, epoch), {
      socket,
      request,
      engine,
      read: (place) => this.#find(place, this.epoch.epoch),
      end: () => replication.place,
      onLive: () => {
        replication.live(feed)
      },
    })
    const tie = await replication.tie(engine)
    const seq = replication.end.seqNext - 1
    socket.write(encodeJsonFrame(FRAME_FOLLOWED, request, { tie, epoch: this.epoch.epoch, seq }))
    replication.add(feed)
    feed.start()
    return feed
  }

  async #find(place: Place, epoch: number): Promise<RecordReader> {
    const { disk, folder } = this.#parts
    const { replication } = this
    const branch = this.epoch.after(epoch)
    const hasMore = branch !== undefined && place.seqNext > branch
    const reader = hasMore
      ? 'diverged'
      : await RecordReader.find(disk, folder, { place, end: () => replication!.end })
    if (reader === 'gone') {
      const message = `the records from event ${place.seqNext} on are not kept here any more`
      throw new Refused('records_gone', message)
    }
    if (reader === 'diverged') {
      const seq = branch ?? Math.min(place.seqNext, replication!.end.seqNext)
      throw new Refused(
        'engine_is_diverged',
        `diverged at event ${seq}: from there on it has records that epoch ${this.epoch.epoch} does not have`,
      )
    }
    return reader
  }

  /** Lets everything accepted become durable and answered. */
  async stop(): Promise<void> {
    await this.standby?.stop()
    this.herald?.stop()
    this.guards?.stop()
    this.replication?.stop(new Refused('standby_unavailable', 'the engine is stopping'))
    await this.sequencer?.drain()
  }

  leave(connection: Connection, feed: Feed | undefined): void {
    this.connections.delete(connection)
    if (feed) this.replication?.remove(feed)
  }

  /** Answers everybody who waits with a refusal, and sends all away but standbys and operators. */
  dismiss(refusal: Refusal): void {
    for (const connection of this.connections) {
      connection.refuseAll(refusal)
      if (!connection.isStandby && !connection.isOperator) connection.close()
    }
  }
}
