/** Makes a primary, a standby or neither of an opened folder, and a primary of a standby when it is promoted. */
import type { Journal } from '../journal/journal.ts'
import type { Restored, Store } from '../journal/store.ts'
import type { Disk } from '../journal/disk.ts'
import { Group } from '../process/group.ts'
import { Guards } from '../process/guards.ts'
import { Sequencer } from '../process/sequencer.ts'
import { Refused } from '../process/refused.ts'
import { Service } from '../process/service.ts'
import { Control } from './control.ts'
import type { Epoch } from './epoch.ts'
import { Herald } from './herald.ts'
import type { CopiedLog } from './stream-start.ts'
import { Replication, type StandbyMode } from './replication.ts'
import { eventsTaker, Replica, type ReplicaParts } from './replica.ts'
import { Standby } from './standby.ts'

export interface RoleOptions {
  readonly standby?: StandbyMode
  /** How long an answer waits for the standby. */
  readonly standbyWaitMs?: number
}

export interface RoleParts {
  readonly disk: Disk
  readonly folder: string
  readonly epoch: Epoch
  readonly store: Store
  readonly restored: Restored
  readonly journal: Journal
  /** When the journal is in a stream: what is in this folder is a copy, and standbys follow the stream's writer by starting anew. */
  readonly stream?: CopiedLog
  readonly options: RoleOptions
  /** Address of the engine to follow: this one is no primary. */
  readonly follow?: string
  /** Address of the other one of two engines. */
  readonly other?: string
  readonly say: (message: string) => void
  /** The process has to end and to be started again. */
  readonly onEnd: (reason: string) => void
}

const STANDBY_WAIT_MS = 5000

class RoleTaker {
  readonly #parts: RoleParts
  readonly #control: Control
  readonly service: Service

  constructor(parts: RoleParts) {
    this.#parts = parts
    const { disk, folder, epoch, store, say } = parts
    this.#control = new Control({ disk, folder, say, startPrimary: (number) => this.#promote(number) })
    this.service = new Service({
      disk,
      folder,
      epoch,
      log: store.log,
      control: (request) => this.#control.answer(request),
      onUnsaved: (error) => {
        say(`what was heard of another epoch could not be kept: ${String(error)}`)
      },
    })
    this.#control.serve(this.service)
  }

  /** Takes commands, or, when another engine has replaced this one, only tells so and gives its last records. */
  startPrimary(): void {
    const { epoch, store, restored, journal, stream, options } = this.#parts
    const state = this.service.standby?.state ?? restored.state
    const sequencer = new Sequencer(state, {
      commandLog: stream ?? journal,
      log: store.log,
      previousCrc: journal.end.previousCrc,
      reload: () => store.reload(),
    })
    sequencer.epoch = epoch.epoch
    store.live((events) => {
      sequencer.takeEvents(events)
    })
    this.service.sequencer = sequencer
    this.service.guards = new Guards(sequencer)
    this.#connect(sequencer)
    epoch.onFenced = () => {
      this.#fence()
    }
    if (stream) this.#watch(stream)
    else this.#replicate(sequencer, options)
    if (epoch.role !== 'primary') this.#fence()
    else this.service.guards.releaseAll()
    if (epoch.role === 'primary' && this.#parts.other) {
      this.service.herald = new Herald(this.#parts.other, epoch)
    }
  }

  /** Another writer of the stream ends this one's epoch. */
  #watch({ stream }: CopiedLog): void {
    const { epoch, say } = this.#parts
    stream.onTaken = ({ message }) => {
      say(message)
      epoch.hear(epoch.known + 1).catch((error: unknown) => {
        say(String(error))
      })
    }
    stream.watch()
  }

  #replicate(sequencer: Sequencer, options: RoleOptions): void {
    const { epoch, journal, say } = this.#parts
    const mode = options.standby ?? 'async'
    const waitMs = options.standbyWaitMs ?? STANDBY_WAIT_MS
    const replication = new Replication({ mode, waitMs, epoch, end: () => journal.end, say })
    sequencer.replicator = replication
    replication.onAway = () => {
      const refusal = this.service.refusal('command')
      for (const connection of this.service.connections) connection.refuseAll(refusal!)
    }
    this.service.replication = replication
  }

  #fence(): void {
    const refusal = this.service.refusal('command')!
    const error = new Refused(refusal.code, refusal.message)
    this.#parts.say(`FENCED: ${refusal.message}; it answers no more`)
    this.service.guards?.stop()
    this.service.sequencer?.halt(error)
    this.service.replication?.stop(error)
    this.service.dismiss(refusal)
  }

  /** Events go to every follower; a sequencer with too much waiting stops all sockets until it has written it. */
  #connect(sequencer: Sequencer): void {
    const { connections } = this.service
    sequencer.onEvents = (events, firstSeq, nextSeq) => {
      for (const connection of connections) connection.publish(events, firstSeq, nextSeq)
    }
    sequencer.onFull = () => {
      for (const connection of connections) connection.pause()
    }
    sequencer.onRoom = () => {
      for (const connection of connections) connection.resume()
    }
    let reason: string | undefined
    sequencer.onFailure = (failure) => {
      if (failure?.message === reason || this.#parts.epoch.role !== 'primary') return
      reason = failure?.message
      this.#parts.say(
        reason === undefined
          ? 'commands are accepted again'
          : `commands are refused, because the journal cannot be written: ${reason}`,
      )
    }
  }

  /** Events that records of another engine cause here go to the log, and to whoever follows them. */
  #giveOut(): ReplicaParts['giveOut'] {
    return eventsTaker(this.#parts.store, (events, firstSeq, nextSeq) => {
      for (const connection of this.service.connections) connection.publish(events, firstSeq, nextSeq)
    })
  }

  startStandby(primary: string): void {
    const { epoch, restored, journal, say, onEnd } = this.#parts
    const replica = new Replica({ epoch, state: restored.state, journal, giveOut: this.#giveOut() })
    this.service.standby = new Standby({
      primary,
      epoch,
      say,
      replica,
      onDiverged: ({ message }) => {
        const reason = `${message}. To follow again, start it with --reseed: what it has is moved aside`
        say(`STOPPED: ${reason}`)
        epoch.become('diverged', reason).catch((error: unknown) => {
          say(String(error))
        })
        this.service.dismiss(this.service.refusal('read')!)
      },
      onGone: (reason) => {
        epoch.become('standby', RECORDS_GONE).then(
          () => {
            onEnd(`${reason}; the next start begins with a snapshot`)
          },
          (error: unknown) => {
            onEnd(String(error))
          },
        )
      },
    })
    this.service.standby.start()
  }

  /** The first record of the new epoch is durable before anything else happens in it. */
  async #promote(number: number): Promise<void> {
    const { journal, epoch } = this.#parts
    const { seqNext } = this.service
    const { previousCrc } = journal.end
    const { record } = new Group(seqNext).seal({ nextSeq: seqNext, previousCrc, epoch: number })
    await journal.write(record)
    await epoch.reach(number, seqNext)
    await epoch.become('primary')
    this.startPrimary()
    this.service.dismiss({ code: 'engine_was_promoted', message: 'this engine was promoted: connect again' })
  }
}

/** Why a standby's folder is to be moved aside at the next start. */
export const RECORDS_GONE = 'records_gone'

export function takeRole(parts: RoleParts): Service {
  const taker = new RoleTaker(parts)
  if (parts.follow === undefined) taker.startPrimary()
  else taker.startStandby(parts.follow)
  return taker.service
}
