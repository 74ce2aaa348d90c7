/** What operators and other engines ask of an engine: how it is, to step down, to be promoted, to compare itself. */
import { EngineLink, EngineUnavailable } from '../client/link.ts'
import { hashOf } from '../core/state-hash.ts'
import type { Disk } from '../journal/disk.ts'
import { Refused } from '../process/refused.ts'
import type { ControlRequest, Service } from '../process/service.ts'
import type { SlowFrame } from '../process/traced-requests.ts'
import type { Role } from './epoch.ts'
import { offerSeed, readSeedPart } from './seed.ts'

/** How long the primary may take to end what it has begun, and the standby to get it. */
const STEP_DOWN_MS = 5000

export interface EngineStatus {
  readonly engine: string
  readonly role: Role
  readonly epoch: number
  /** The highest epoch it has heard of. */
  readonly known: number
  readonly seq: number
  readonly reason?: string
  /** Of a primary. */
  readonly mode?: string
  readonly isAlone?: boolean
  readonly standbys?: readonly {
    readonly engine: string
    readonly seq: number
    readonly lag: number
    /** It has caught up once, and gets every record as it is written. */
    readonly isLive: boolean
    readonly isNeeded: boolean
  }[]
  /** Of a standby. */
  readonly primary?: string
  readonly isFollowing?: boolean
  readonly primarySeq?: number
  readonly isNeeded?: boolean
  readonly why?: string
  /** Why it takes no commands at the moment. */
  readonly refusal?: string
  /** Bytes of commands that wait for the next write of the journal. */
  readonly queueBytes?: number
  /** The longest write of the journal in the last seconds. */
  readonly syncMs?: number
  /** Commands that took long, with the ids of the requests they were for. */
  readonly slow?: readonly SlowFrame[]
}

export interface Promoted {
  readonly epoch: number
  /** Seq of the last event of the epoch before. */
  readonly seq: number
  /** True when the old primary has stepped down, and nothing is lost. */
  readonly isHandedOver: boolean
  /** What may be lost, for the operator. */
  readonly warning?: string
}

interface PromoteRequest extends ControlRequest {
  readonly force?: boolean
  /** How long the old primary may take to step down. */
  readonly waitMs?: number
}

interface SteppedDown {
  readonly seqNext: number
}

export interface ControlParts {
  readonly disk: Disk
  readonly folder: string
  /** Journals the first record of `epoch` and takes commands from then on. */
  readonly startPrimary: (epoch: number) => Promise<void>
  readonly say: (message: string) => void
}

export class Control {
  readonly #parts: ControlParts
  #service: Service | undefined
  #isPromoting = false

  constructor(parts: ControlParts) {
    this.#parts = parts
  }

  serve(service: Service): void {
    this.#service = service
  }

  async answer(request: ControlRequest): Promise<unknown> {
    const { disk, folder } = this.#parts
    switch (request.ask) {
      case 'status':
        return this.#status()
      case 'promote':
        return this.#promote(request as PromoteRequest)
      case 'stepDown':
        return this.#stepDown(request as unknown as { known: number; engine: string })
      case 'verify':
        return this.#verify()
      case 'check':
        return this.#check()
      case 'seed':
        this.#mustBe('primary')
        return offerSeed(disk, folder)
      case 'seedPart':
        return readSeedPart(
          disk,
          folder,
          request as unknown as { name: string; offset: number; length: number },
        )
      default:
        throw new Refused('protocol', `there is no question ${JSON.stringify(request.ask)}`)
    }
  }

  get #served(): Service {
    return this.#service!
  }

  #mustBe(role: Role): void {
    const { epoch } = this.#served
    if (epoch.role !== role)
      throw new Refused(`engine_is_${epoch.role}`, `this engine is ${epoch.role}, not ${role}`)
  }

  #status(): EngineStatus {
    const { epoch, replication, standby, seqNext } = this.#served
    const { engine, role, known, reason } = epoch
    const seq = seqNext - 1
    const { sequencer, slow } = this.#served
    const refusal = this.#served.refusal('command')?.code
    const base = {
      engine,
      role,
      epoch: epoch.epoch,
      known,
      seq,
      slow,
      ...(reason !== undefined && { reason }),
      ...(refusal !== undefined && { refusal }),
      ...(sequencer && { queueBytes: sequencer.queueBytes, syncMs: sequencer.syncMs }),
    }
    if (role === 'standby' && standby) return { ...base, ...standby.status, isNeeded: epoch.tie === 'needed' }
    if (!replication) return base
    const standbys = [...replication.feeds].map((feed) => ({
      engine: feed.engine,
      seq: feed.acknowledged - 1,
      lag: replication.end.seqNext - feed.acknowledged,
      isLive: feed.isLive,
      isNeeded: feed.engine === epoch.pinned,
    }))
    return { ...base, mode: replication.mode, isAlone: replication.isAlone, standbys }
  }

  /**
   * Makes a primary of this standby. First the old one is asked to step down and to give its last records; without its
   * answer this goes on only when the old one cannot answer anybody without this standby, or by force.
   */
  async #promote({ force, waitMs = STEP_DOWN_MS }: PromoteRequest): Promise<Promoted> {
    this.#mustBe('standby')
    if (this.#isPromoting) throw new Refused('promotion_is_running', 'this standby is being promoted already')
    this.#isPromoting = true
    try {
      const { epoch, standby } = this.#served
      const next = epoch.known + 1
      const { isNeeded, seqNext, why } = await this.#askToStepDown(next, { isForced: force === true, waitMs })
      const isWhole = seqNext !== undefined && (await standby!.reached(seqNext, waitMs))
      if (!isWhole && !isNeeded && force !== true) {
        throw new Refused(
          'primary_must_step_down',
          `${why}. Nothing it may have answered since is here. When it is certain that it does not run, promote by force`,
        )
      }
      // From here on nothing is acknowledged, so an old primary that needs this standby answers nobody.
      await standby!.stop()
      await epoch.hear(next)
      const seq = this.#served.seqNext - 1
      await this.#parts.startPrimary(next)
      const warning = isWhole ? undefined : warningOf({ seq, primarySeq: standby!.primarySeq, isNeeded })
      this.#parts.say(`promoted: primary of epoch ${next} after event ${seq}${warning ? `; ${warning}` : ''}`)
      return { epoch: next, seq, isHandedOver: isWhole, ...(warning && { warning }) }
    } finally {
      this.#isPromoting = false
    }
  }

  async #askToStepDown(
    known: number,
    { isForced, waitMs }: { isForced: boolean; waitMs: number },
  ): Promise<{ isNeeded: boolean; seqNext?: number; why?: string }> {
    const { epoch, standby } = this.#served
    const isNeeded = epoch.tie === 'needed'
    const link = new EngineLink(standby!.primary, { onClose: () => undefined })
    const late = setTimeout(() => {
      link.fail(new EngineUnavailable(`${standby!.primary} does not answer`))
    }, waitMs)
    try {
      await link.opened
      const { seqNext } = await link.ask<SteppedDown>({ ask: 'stepDown', known, engine: epoch.engine })
      return { isNeeded, seqNext }
    } catch (error) {
      const { code, message } = error as EngineUnavailable
      // Somebody else took over from it: then this standby must not, whatever it was needed for.
      if (code === 'engine_is_fenced' && !isForced) throw error
      return { isNeeded, why: `the primary ${standby!.primary} did not step down: ${message}` }
    } finally {
      clearTimeout(late)
      link.close()
    }
  }

  /** Ends what has begun, gives up for ever, and tells where its history ends. */
  async #stepDown({ known, engine }: { known: number; engine: string }): Promise<SteppedDown> {
    const service = this.#served
    const { epoch, sequencer, replication, connections } = service
    if (epoch.role === 'fenced' && epoch.replacedBy === engine) return { seqNext: replication!.end.seqNext }
    this.#mustBe('primary')
    if (known <= epoch.known) throw new Refused('epoch_is_over', `epoch ${known} is not above ${epoch.known}`)
    for (const connection of connections) connection.pause()
    let late: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => (late = setTimeout(resolve, STEP_DOWN_MS / 2)))
    await Promise.race([sequencer!.drain(), tooLong])
    clearTimeout(late)
    await epoch.hear(known, engine)
    return { seqNext: replication!.end.seqNext }
  }

  async #verify(): Promise<{ seq: number }> {
    this.#mustBe('standby')
    return this.#served.standby!.verify()
  }

  /** Sends all standbys that have caught up a hash of the state, at a moment when all of it is durable and sent. */
  async #check(): Promise<{ seq: number }> {
    this.#mustBe('primary')
    const { sequencer, replication, connections } = this.#served
    const s = sequencer!
    for (const connection of connections) connection.pause()
    try {
      do {
        const isDurable = await new Promise<boolean>((resolve) => {
          s.whenDurable(resolve)
        })
        if (!isDurable) throw new Refused('journal_unavailable', 'the journal cannot be written')
      } while (replication!.end.seqNext !== s.seqNext)
      const live = [...replication!.feeds].filter((feed) => feed.isLive)
      if (live.length === 0) throw new Refused('standby_catching_up', 'no standby has caught up')
      const seq = s.seqNext - 1
      const hash = hashOf(s.state)
      for (const feed of live) feed.check(seq, hash)
      return { seq }
    } finally {
      for (const connection of connections) connection.resume()
    }
  }
}

function warningOf({
  seq,
  primarySeq,
  isNeeded,
}: {
  seq: number
  primarySeq: number
  isNeeded: boolean
}): string {
  if (isNeeded) return `what the old primary wrote after event ${seq} was never answered`
  const known = primarySeq > seq ? `, which had reached event ${primarySeq} at least` : ''
  return `what the old primary${known} answered after event ${seq} is lost`
}
