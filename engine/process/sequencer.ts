/**
 * Puts commands in one order, applies them, and lets nothing out before it is durable. While one group of commands is
 * being written the next one gathers; whatever has gathered by then is the next write. When a write fails, what was not
 * durable is taken back by reading the state again from what is, and writing is tried again until it works.
 */
import { dueClock } from '../core/clock.ts'
import { nextExpiry } from '../core/expiry.ts'
import { INPUT, SEQ_NEXT } from '../core/layout.ts'
import type { EngineState } from '../core/state.ts'
import type { CommandLog, Replicator } from '../journal/command-log.ts'
import { EVENT_BLOCK_HEAD_BYTES } from '../journal/event-block.ts'
import type { EventLog } from '../journal/event-log.ts'
import { checkRecord } from '../messages/command-check.ts'
import { writeCommand } from '../messages/command-record.ts'
import type { Command } from '../messages/command.ts'
import { decodeEvents } from '../messages/event-decode.ts'
import type { Outcome } from '../messages/event.ts'
import type { Market } from '../messages/market.ts'
import { applyBatch, FRAME_COMMANDS_BYTES_MAX } from './batch.ts'
import type { Batch, EventRun, Repeat, Submitted } from './batch.ts'
import { ExpiryTimer } from './expiry-timer.ts'
import { ProtocolError } from './frame.ts'
import { Group, type GroupMemory } from './group.ts'
import { LogWriter } from './log-writer.ts'
import { LongestWrite } from './longest-write.ts'
import { repeatsOf } from './answer.ts'

/** More than this waiting to be written and the sockets are no longer read. */
const STAGED_BYTES_MAX = 4 << 20
/** A group that has this much takes no more frames, so that after a pause of the disk its memory stays small. */
const GROUP_BYTES_MAX = 1 << 18
/** How long nothing is written before the last record is marked as answered. */
const MARK_AFTER_MS = 200
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 5000

/** Told what a frame came to with its group, whose memory is only good until then, or is to be held. */
type Settled = (result: Submitted, group: Group | undefined) => void
export type TakeEvents = (events: Buffer, firstSeq: number, nextSeq: number) => void

interface OwnResult {
  readonly seq: number
  readonly repeat: Repeat | undefined
  readonly events: Buffer
}

export interface SequencerOptions {
  readonly commandLog: CommandLog
  readonly log: EventLog
  /** Checksum of the last durable record. */
  readonly previousCrc: number
  /** The state as everything durable makes it. */
  readonly reload: () => Promise<EngineState>
}

export class Sequencer {
  state: EngineState
  readonly log: EventLog
  /** Called with each group's events once they are durable and can be read from the log; their memory is used again. */
  onEvents: TakeEvents = () => undefined
  /** Called when too much waits to be written, and when there is room again. */
  onFull: () => void = () => undefined
  onRoom: () => void = () => undefined
  /** Called with why nothing is accepted, each time that changes; undefined when all is well again. */
  onFailure: (failure: Error | undefined) => void = () => undefined
  replicator: Replicator = {}
  /** Goes into every record. */
  epoch = 0
  readonly #options: SequencerOptions
  #failure: Error | undefined
  /** The state has commands that are not durable and never will be. */
  #isStale = false
  /** Writing to the journal is being tried again. */
  #isRecovering = false
  #isHalted = false
  #previousCrc: number
  #gathering: Group
  /** Those that take no more and wait for their turn. */
  #waiting: Group[] = []
  #waitingBytes = 0
  #writing: Group | undefined
  /** Of groups that are done with. */
  readonly #spare: GroupMemory[] = []
  readonly #logWriter: LogWriter
  readonly #writes = new LongestWrite()
  #isScheduled = false
  #isWriting = false
  /** Nothing was written since the last mark. */
  #isMarked = true
  #markTimer: NodeJS.Timeout | undefined
  readonly #expiry = new ExpiryTimer(() => {
    this.#expire()
  })

  constructor(state: EngineState, options: SequencerOptions) {
    this.state = state
    this.#options = options
    this.log = options.log
    this.#previousCrc = options.previousCrc
    this.#gathering = this.#newGroup()
    this.#logWriter = new LogWriter(this.log, (failure) => {
      if (failure) this.#tellFailure(failure)
      else this.#tellRecovery()
    })
    this.#expiry.set(nextExpiry(state))
  }

  #newGroup(): Group {
    return new Group(this.seqNext, this.#spare.pop(), (memory) => this.#spare.push(memory))
  }

  get seqNext(): number {
    return this.state.f[SEQ_NEXT >> 1]!
  }

  get previousCrc(): number {
    return this.#previousCrc
  }

  /** Commands that wait for the next write. */
  get queueBytes(): number {
    return this.#gathering.commands.length
  }

  get syncMs(): number {
    return this.#writes.longestMs
  }

  get isFull(): boolean {
    return this.#waitingBytes + this.#gathering.commands.length > STAGED_BYTES_MAX
  }

  /** Why no command is accepted now. */
  get failure(): Error | undefined {
    return this.#failure
  }

  #tellFailure(failure: Error): void {
    if (this.#isHalted) return
    this.#failure = failure
    this.onFailure(failure)
  }

  #tellRecovery(): void {
    if (this.#isHalted || this.#isRecovering || this.#logWriter.isFailing) return
    this.#failure = undefined
    this.#expiry.set(nextExpiry(this.state))
    this.onFailure(undefined)
  }

  takeEvents(events: Uint8Array): void {
    this.#gathering.events.append(events)
  }

  /**
   * Applies the `count` commands of `payload`. `settled` is called once they, and what they repeat, are durable, or
   * without a group when that will never be.
   */
  submit(payload: Buffer, { count, request }: { count: number; request: number }, settled: Settled): void {
    const { i, f, b } = this.state
    const input = i[INPUT]!
    if (payload.length > FRAME_COMMANDS_BYTES_MAX || payload.length % 8 !== 0)
      throw new ProtocolError('a submit frame is too long')
    b.set(payload, input * 4)
    const end = input + payload.length / 4
    const memory = { i, f, b }
    let checked = input
    for (let command = 0; command < count; command++) checked = checkRecord(memory, checked, end)
    if (checked !== end) throw new ProtocolError('a submit frame has other than its commands')
    this.#run({ input, end, count, request }, settled)
  }

  /** A command of the process itself. Rejects when it will not be durable. */
  async submitOwn(command: Command): Promise<Outcome> {
    if (this.#failure) throw this.#failure
    const s = this.state
    const input = s.i[INPUT]!
    const end = writeCommand(s, input, command, (name) => s.marketByName.get(name))
    const { seq, repeat, events } = await new Promise<OwnResult>((resolve, reject) => {
      this.#run({ input, end, count: 1, request: 0 }, (result, group) => {
        if (!group) return reject(this.#failure ?? new Error('the engine is stopping'))
        const [repeat] = repeatsOf(result)
        const own = result.parts.at(-1) as EventRun
        const events = Buffer.from(group.events.bytes(own.start, own.end))
        resolve({ seq: repeat?.seq ?? group.outcomes.seqOf(result.heads, 0), repeat, events })
      })
    })
    const own = repeat ? await this.log.read(seq, repeat.count) : events
    const marketAt = (index: number): Market => s.markets[index] as Market
    return { seq, events: decodeEvents(own, marketAt), duplicate: repeat !== undefined }
  }

  #run(batch: Batch, settled: Settled): void {
    const group = this.#gathering
    const result = this.#apply(batch)
    this.#afterDurable(group, (isDurable) => {
      settled(result, isDurable ? group : undefined)
    })
    this.#expiry.set(nextExpiry(this.state))
    if (group.commands.length >= GROUP_BYTES_MAX) this.#closeGroup()
    // Repeats are not written, so nothing would ever end the group of a client that only repeats.
    else if (group.count === 0 && group.outcomes.length >= GROUP_BYTES_MAX) this.#gathering = this.#newGroup()
    if (this.isFull) this.onFull()
    this.#schedule()
  }

  #closeGroup(): void {
    this.#waitingBytes += this.#gathering.commands.length
    this.#waiting.push(this.#gathering)
    this.#gathering = this.#newGroup()
  }

  #apply(batch: Batch): Submitted {
    try {
      return applyBatch(this.state, batch, this.#gathering)
    } catch (error) {
      // A fault of the engine itself. What it did by then is in memory only, and is taken back like a failed write.
      this.#fail(new Error(`a command could not be applied: ${String(error)}`, { cause: error }))
      throw error
    }
  }

  /** Expires what is due, which may be more than one command can. */
  #expire(): void {
    const clock = dueClock(this.state, Date.now())
    if (!clock) return this.#expiry.set(nextExpiry(this.state))
    // A failure is known from elsewhere, and the timer is set again when it is over.
    this.submitOwn(clock).then(
      () => {
        this.#expire()
      },
      () => undefined,
    )
  }

  /** Calls back when all that has been applied so far is durable; at once when it already is. */
  whenDurable(settled: (isDurable: boolean) => void): void {
    this.#afterDurable(this.#gathering, settled)
  }

  #afterDurable(group: Group, settled: (isDurable: boolean) => void): void {
    if (this.#isStale || this.#isHalted) return settled(false)
    const last = group.count > 0 ? group : (this.#waiting.at(-1) ?? this.#writing)
    if (last) last.settled.push(settled)
    else settled(true)
  }

  /** Starts writing at the end of this turn of the event loop, so that one write takes all that arrived in it. */
  #schedule(): void {
    if (this.#isScheduled || this.#isWriting || this.#isStale) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    clearTimeout(this.#markTimer)
    try {
      while (this.#hasCommands && !this.#isStale && !this.#isHalted) {
        await this.#writeGroup(this.#takeGroup())
      }
      this.#markTimer = setTimeout(() => void this.#writeMark(), MARK_AFTER_MS).unref()
    } catch (error) {
      this.#fail(error)
    }
    this.#isWriting = false
  }

  get #hasCommands(): boolean {
    return this.#waiting.length > 0 || this.#gathering.count > 0
  }

  #takeGroup(): Group {
    const wasFull = this.isFull
    if (this.#waiting.length === 0) this.#closeGroup()
    const group = this.#waiting.shift()!
    this.#waitingBytes -= group.commands.length
    this.#writing = group
    if (wasFull && !this.isFull) this.onRoom()
    return group
  }

  async #writeGroup(group: Group): Promise<void> {
    const nextSeq = (this.#waiting[0] ?? this.#gathering).firstSeq
    await this.#writeRecord(group, nextSeq)
    this.#writing = undefined
    // Another engine has taken over, and may not have this record.
    if (this.#isHalted) return group.settle(false)
    this.#logWriter.add(group, nextSeq)
    group.settle(true)
    this.onEvents(group.events.bytes(EVENT_BLOCK_HEAD_BYTES), group.firstSeq, nextSeq)
    group.release()
    await this.#logWriter.room()
  }

  async #writeRecord(group: Group, nextSeq: number): Promise<void> {
    const { firstSeq, count } = group
    const { record, crc } = group.seal({ nextSeq, previousCrc: this.#previousCrc, epoch: this.epoch })
    this.replicator.onWritten?.(record, firstSeq, nextSeq)
    const beganMs = performance.now()
    await this.#options.commandLog.write(record, firstSeq, count)
    this.#writes.add(performance.now() - beganMs)
    this.#previousCrc = crc
    this.#isMarked = false
    try {
      await this.replicator.onDurable?.(record, firstSeq, nextSeq)
    } catch (error) {
      this.halt(asError(error))
    }
  }

  /** A record without commands behind the last one: should that be damaged later, it is not taken for a torn write. */
  async #writeMark(): Promise<void> {
    if (this.#isMarked || this.#isWriting || this.#isScheduled || this.#failure) return
    this.#isWriting = true
    const mark = new Group(this.seqNext)
    try {
      await this.#writeRecord(mark, mark.firstSeq)
      this.#isMarked = true
    } catch (error) {
      this.#fail(error)
    }
    this.#isWriting = false
    if (this.#hasCommands) this.#schedule()
  }

  /** What was not durable is refused and forgotten; what is durable is read again, and writing is tried again. */
  #fail(error: unknown): void {
    if (this.#isHalted) return
    this.#isStale = true
    this.#isRecovering = true
    this.#tellFailure(asError(error))
    this.#refuseAll()
    void this.#recover()
  }

  #refuseAll(): void {
    const groups = [this.#writing, ...this.#waiting, this.#gathering]
    this.#writing = undefined
    this.#waiting = []
    this.#waitingBytes = 0
    for (const group of groups) group?.settle(false)
  }

  async #recover(): Promise<void> {
    for (let pause = RETRY_MS_MIN; !this.#isHalted; pause = Math.min(pause * 2, RETRY_MS_MAX)) {
      try {
        if (this.#isStale) await this.#reload()
        await this.#options.commandLog.recover()
        this.#isRecovering = false
        this.#tellRecovery()
        return
      } catch (error) {
        this.#tellFailure(asError(error))
        await wait(pause)
      }
    }
  }

  async #reload(): Promise<void> {
    this.state = await this.#options.reload()
    this.#gathering = this.#newGroup()
    this.replicator.onRolledBack?.(this.seqNext)
    this.#isStale = false
  }

  /** Ends all answers for good, for a reason that is not this disk's: another engine has taken over. */
  halt(reason: Error): void {
    if (this.#isHalted) return
    this.#tellFailure(reason)
    this.#isHalted = true
    this.#logWriter.halt()
    clearTimeout(this.#markTimer)
    this.#expiry.set(Infinity)
    this.#refuseAll()
  }

  /** Waits until everything applied is in the journal and the log, or has been refused. */
  async drain(): Promise<void> {
    if (this.#hasCommands && !this.#failure) await this.#writeAll()
    while (this.#isWriting) await new Promise((resolve) => setImmediate(resolve))
    if (this.#failure) this.halt(this.#failure)
    await this.#logWriter.drain()
    if (!this.#failure) await this.#writeMark()
    clearTimeout(this.#markTimer)
    this.#expiry.set(Infinity)
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
