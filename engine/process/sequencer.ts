/**
 * Puts commands in one order, applies them, and lets nothing out before it is durable. While one group of commands is
 * being written to the journal the next one gathers; whatever has gathered by then is the next write.
 */
import { ByteList } from './byte-list.ts'
import { checkRecord } from '../messages/command-check.ts'
import { apply } from '../core/engine.ts'
import type { EventLog } from '../journal/event-log.ts'
import { ProtocolError } from './frame.ts'
import type { Journal } from '../journal/journal.ts'
import { RECORD_HEAD_BYTES } from '../journal/segment.ts'
import { flush, type EngineState } from '../core/state.ts'
import * as layout from '../core/layout.ts'
import * as records from '../messages/records.ts'

const { INPUT, INPUT_BYTES, OUT, OUTPUT, REPEATED, REPEATED_COUNT, REPEATED_SEQ, SEQ_NEXT } = layout
const { COMMAND_HEAD, COMMAND_TIME } = records

/** More than this waiting to be written and the sockets are no longer read. */
const STAGED_BYTES_MAX = 4 << 20

interface Group {
  readonly firstSeq: number
  /** Starts with room for the record's head. */
  readonly commands: ByteList
  readonly events: ByteList
  count: number
  readonly settled: ((isDurable: boolean) => void)[]
}

/** What one frame of commands came to; `ends[n]` is where the events of command n end in `events`. */
export interface Submitted {
  readonly seqs: Float64Array
  readonly ends: Uint32Array
  /** Per command: how many events its first time had when it is a repeat, else -1. */
  readonly repeats: Int32Array
  /** Where the first command's events start in the group's. */
  readonly start: number
}

export class Sequencer {
  readonly state: EngineState
  readonly log: EventLog
  /** Called with each group's events once they are durable and can be read from the log. */
  onEvents: (events: Buffer, firstSeq: number, nextSeq: number) => void = () => undefined
  /** Called when too much waits to be written, and when there is room again. */
  onFull: () => void = () => undefined
  onRoom: () => void = () => undefined
  failure: Error | undefined
  readonly #journal: Journal
  #gathering: Group
  #writing: Group | undefined
  #logging: Promise<void> = Promise.resolve()
  #isScheduled = false
  #isWriting = false

  constructor(state: EngineState, { journal, log }: { journal: Journal; log: EventLog }) {
    this.state = state
    this.log = log
    this.#journal = journal
    this.#gathering = this.#newGroup()
  }

  #newGroup(): Group {
    const commands = new ByteList()
    commands.length = RECORD_HEAD_BYTES
    return { firstSeq: this.seqNext, commands, events: new ByteList(), count: 0, settled: [] }
  }

  get seqNext(): number {
    return this.state.f[SEQ_NEXT >> 1]!
  }

  get isFull(): boolean {
    return this.#gathering.commands.length > STAGED_BYTES_MAX
  }

  takeEvents(records: Uint8Array): void {
    this.#gathering.events.append(records)
  }

  /**
   * Applies the `count` commands of `payload`. `settled` is called once they, and what they repeat, are durable, with
   * the group's events, or with undefined when that will never be.
   */
  submit(
    payload: Buffer,
    count: number,
    settled: (result: Submitted, events: Buffer | undefined) => void,
  ): void {
    const s = this.state
    const input = s.i[INPUT]!
    if (payload.length > INPUT_BYTES || payload.length % 8 !== 0)
      throw new ProtocolError('a submit frame is too long')
    s.b.set(payload, input * 4)
    const end = input + payload.length / 4
    let checked = input
    for (let command = 0; command < count; command++) checked = checkRecord(s, checked, end)
    if (checked !== end) throw new ProtocolError('a submit frame has other than its commands')
    const group = this.#gathering
    const result = this.#applyAll(input, count, group)
    this.#afterDurable(group, (isDurable) => {
      settled(result, isDurable ? group.events.bytes() : undefined)
    })
    if (this.isFull) this.onFull()
    this.#schedule()
  }

  #applyAll(input: number, count: number, group: Group): Submitted {
    const { i, f, b } = this.state
    const now = Date.now()
    const eventsEnd = (): number => group.events.length + (i[OUT]! - i[OUTPUT]!) * 4
    const start = eventsEnd()
    const seqs = new Float64Array(count)
    const ends = new Uint32Array(count)
    const repeats = new Int32Array(count).fill(-1)
    let at = input
    for (let command = 0; command < count; command++) {
      if (f[(at + COMMAND_TIME) >> 1] === -1) f[(at + COMMAND_TIME) >> 1] = now
      seqs[command] = f[SEQ_NEXT >> 1]!
      apply(this.state, at)
      const next = at + (i[at + COMMAND_HEAD]! & 0xffff) / 4
      if (i[REPEATED] === 0) {
        group.commands.append(b.subarray(at * 4, next * 4))
        group.count++
      } else {
        seqs[command] = f[REPEATED_SEQ >> 1]!
        repeats[command] = i[REPEATED_COUNT]!
      }
      ends[command] = eventsEnd()
      at = next
    }
    flush(this.state)
    return { seqs, ends, repeats, start }
  }

  /** The events a remembered command had the first time. They are durable, but may not have reached the log yet. */
  async eventsAgain(seq: number, count: number): Promise<Buffer> {
    while (this.log.nextSeq < seq + count && !this.failure)
      await new Promise((resolve) => setImmediate(resolve))
    return this.log.read(seq, count)
  }

  /** Calls back when all that has been applied so far is durable; at once when it already is. */
  whenDurable(settled: (isDurable: boolean) => void): void {
    this.#afterDurable(this.#gathering, settled)
  }

  #afterDurable(group: Group, settled: (isDurable: boolean) => void): void {
    if (this.failure) return settled(false)
    if (group.count > 0) group.settled.push(settled)
    else if (this.#writing) this.#writing.settled.push(settled)
    else settled(true)
  }

  /** Starts writing at the end of this turn of the event loop, so that one write takes all that arrived in it. */
  #schedule(): void {
    if (this.#isScheduled || this.#isWriting || this.failure) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true
    while (this.#gathering.count > 0 && !this.failure) {
      const group = this.#gathering
      const wasFull = this.isFull
      this.#writing = group
      this.#gathering = this.#newGroup()
      if (wasFull) this.onRoom()
      try {
        await this.#journal.write(group.commands.bytes(), group.firstSeq, group.count)
      } catch (error) {
        this.#fail(error)
        break
      }
      this.#writing = undefined
      for (const settled of group.settled) settled(true)
      // The log follows one group behind at most, so that a slow disk cannot pile up groups in memory.
      await this.#logging
      this.#logging = this.#append(group, this.#gathering.firstSeq)
    }
    this.#isWriting = false
  }

  async #append(group: Group, nextSeq: number): Promise<void> {
    const events = group.events.bytes()
    try {
      await this.log.append(events, group.firstSeq, nextSeq - group.firstSeq)
      this.onEvents(events, group.firstSeq, nextSeq)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** From here on nothing is answered as done: what is in memory may not be on disk. A restart replays what is. */
  #fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error))
    for (const group of [this.#writing, this.#gathering]) {
      for (const settled of group?.settled.splice(0) ?? []) settled(false)
    }
  }

  /** Waits until everything applied is in the journal and the log. */
  async drain(): Promise<void> {
    if (this.#gathering.count > 0 && !this.#isWriting) await this.#writeAll()
    while (this.#isWriting && !this.failure) await new Promise((resolve) => setImmediate(resolve))
    await this.#logging
  }
}

/** Replays a journal record's commands into the engine; events it gives go to the state's sink. */
export function applyRecord(s: EngineState, commands: Buffer): number {
  const input = s.i[INPUT]!
  for (let done = 0; done < commands.length;) {
    const part = commands.subarray(done, done + INPUT_BYTES)
    s.b.set(part, input * 4)
    const end = input + part.length / 4
    let at = input
    // The last command of a part may be cut off; it starts the next part.
    while (at < end && at + (s.i[at]! & 0xffff) / 4 <= end) {
      apply(s, at)
      at += (s.i[at]! & 0xffff) / 4
    }
    done += (at - input) * 4
  }
  flush(s)
  return s.f[SEQ_NEXT >> 1]!
}
