import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import type { Clock } from '../clock.ts'
import type { Definition } from './definitions-table.ts'
import type { JobHandler, JobRun } from './job.ts'
import { endRun, renewLease, saveProgress, type RunEnd, type RunRow } from './runs-table.ts'
import { backoffMs } from './schedule.ts'

export interface RunningParts {
  readonly database: Knex
  readonly clock: Clock
  readonly log: Logger
  readonly node: string
  /** Something about the run changed that somebody may look at. */
  readonly onChange: (runId: string) => void
  readonly around?: AroundRun
}

/** Stands around every try of a run: counts it, and gives it an id that its log lines have. */
export type AroundRun = (
  run: { readonly name: string; readonly owner: string; readonly runId: string },
  work: () => Promise<unknown>,
) => Promise<unknown>

/** How a try ended, for whoever wakes what comes next. */
export interface Ended {
  readonly name: string
  /** Milliseconds until the run is to be tried again; undefined when it is over or not ours any more. */
  readonly againMs?: number
}

type Interruption = 'canceled' | 'late' | 'handedBack' | 'lost'

interface Outcome {
  readonly result?: unknown
  readonly error?: unknown
  readonly interruption?: Interruption
}

const HEARTBEAT_MS = 10_000
const FIRST_BEAT_MS = 1_000
const FLUSH_MS = 500
/** How long a handler may take to notice that its signal is aborted. */
const GRACE_MS = 3_000
const LINES_MAX = 200
const LINE_LENGTH_MAX = 1_000

/** One try of one run on this node, from its lease to its end. */
export class Running {
  readonly run: RunRow
  readonly #definition: Definition
  readonly #parts: RunningParts
  readonly #abort = new AbortController()
  readonly #interrupted = Promise.withResolvers<void>()
  readonly #lines: string[]
  #interruption: Interruption | undefined
  #percent: number | null = null
  #text: string | null = null
  #flushing: NodeJS.Timeout | undefined
  /** Resolves when the try is over and written down. */
  ended: Promise<Ended>

  constructor(run: RunRow, definition: Definition, handler: JobHandler, parts: RunningParts) {
    this.run = run
    this.#definition = definition
    this.#parts = parts
    this.#lines = run.lines === null ? [] : (JSON.parse(run.lines) as string[])
    this.ended = this.#work(handler)
  }

  /** Tells the handler to end, for a reason that decides what becomes of the run. */
  interrupt(why: Interruption): void {
    if (this.#interruption) return
    this.#interruption = why
    this.#abort.abort(new Error(reasons[why]))
    setTimeout(() => this.#interrupted.resolve(), GRACE_MS).unref()
  }

  async #work(handler: JobHandler): Promise<Ended> {
    const heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS)
    // A cancel may have come between the lease and this moment.
    const firstBeat = setTimeout(() => void this.#beat(), FIRST_BEAT_MS)
    const deadline = setTimeout(() => this.interrupt('late'), this.#definition.timeoutMs)
    try {
      // A handler that does not look at its signal is left behind: its lease must not outlive the reason it had.
      const answer = await Promise.race([this.#handle(handler), this.#gone()])
      return await this.#end(this.#interruption ? this.#afterInterruption() : { result: answer })
    } catch (error) {
      return await this.#end(this.#interruption ? this.#afterInterruption() : { error })
    } finally {
      clearInterval(heartbeat)
      clearTimeout(firstBeat)
      clearTimeout(deadline)
      clearTimeout(this.#flushing)
    }
  }

  #handle(handler: JobHandler): Promise<unknown> {
    const { name, owner, id } = this.run
    const { around = (_run, work) => work() } = this.#parts
    return around({ name, owner, runId: id }, async () => handler(this.#face() as JobRun<never>))
  }

  async #gone(): Promise<never> {
    await this.#interrupted.promise
    this.#parts.log.warn('a run did not end when it was told to', { job: this.run.name, run: this.run.id })
    throw new Error('The run did not end when it was told to.')
  }

  #face(): JobRun {
    const { id, name, data, attempt, due_at: dueAt } = this.run
    return {
      runId: id,
      name,
      data: data === null ? undefined : (JSON.parse(data) as unknown),
      attempt,
      dueAt,
      clock: this.#parts.clock,
      signal: this.#abort.signal,
      progress: (percent, text) => {
        this.#percent = Math.max(0, Math.min(100, Math.round(percent)))
        this.#text = text ?? this.#text
        this.#flushSoon()
      },
      log: (text) => {
        this.#note(text)
        this.#flushSoon()
      },
    }
  }

  #note(text: string): void {
    this.#lines.push(`${this.#parts.clock.now().toISOString()} ${text}`.slice(0, LINE_LENGTH_MAX))
    if (this.#lines.length > LINES_MAX) this.#lines.shift()
  }

  #flushSoon(): void {
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined
      this.#flush().catch((error: unknown) => this.#parts.log.warn('progress could not be kept', { error }))
    }, FLUSH_MS)
  }

  async #flush(): Promise<void> {
    const { database, node, onChange } = this.#parts
    await saveProgress(database, this.run.id, node, {
      percent: this.#percent,
      text: this.#text,
      lines: this.#lines,
    })
    onChange(this.run.id)
  }

  async #beat(): Promise<void> {
    const { database, node, log } = this.#parts
    try {
      const { isHeld, isCancelRequested } = await renewLease(database, this.run.id, node)
      if (!isHeld) this.interrupt('lost')
      else if (isCancelRequested) this.interrupt('canceled')
    } catch (error) {
      log.warn('a lease could not be renewed', { job: this.run.name, error })
    }
  }

  #afterInterruption(): { interruption: Interruption } {
    return { interruption: this.#interruption as Interruption }
  }

  async #end(how: Outcome): Promise<Ended> {
    const { database, node, log, onChange } = this.#parts
    const { name, id } = this.run
    if (how.error !== undefined) {
      log.error(`the job ${name} failed`, { run: id, attempt: this.run.attempt, error: how.error })
    }
    const end = this.#endOf(how)
    if (end.reason !== undefined) this.#note(end.reason)
    await saveProgress(database, id, node, { percent: this.#percent, text: this.#text, lines: this.#lines })
    const isOurs = await endRun(database, id, node, end)
    onChange(id)
    if (!isOurs || end.state !== 'waiting') return { name }
    return { name, againMs: Math.max(0, (end.runAt?.getTime() ?? 0) - this.#parts.clock.now().getTime()) }
  }

  #endOf({ result, error, interruption }: Outcome): RunEnd {
    const { attempt } = this.run
    const now = this.#parts.clock.now()
    switch (interruption) {
      case 'canceled':
        return { state: 'canceled', attempt, finishedAt: now }
      case 'handedBack':
        // No fault of its own: the try does not count.
        return { state: 'waiting', attempt: attempt - 1, runAt: now }
      case 'lost':
        return { state: 'waiting', attempt }
      case 'late':
        return this.#failed(`It took longer than ${this.#definition.timeoutMs} ms.`, now)
      default:
        return error === undefined
          ? { state: 'done', attempt, finishedAt: now, result }
          : this.#failed(error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error), now)
    }
  }

  #failed(reason: string, now: Date): RunEnd {
    const { attempt } = this.run
    if (attempt >= this.#definition.attempts) return { state: 'failed', attempt, finishedAt: now, reason }
    return { state: 'waiting', attempt, reason, runAt: new Date(now.getTime() + backoffMs(attempt)) }
  }
}

const reasons: Readonly<Record<Interruption, string>> = {
  canceled: 'The run was cancelled.',
  late: 'The run took too long.',
  handedBack: 'The code of the run is being replaced; it goes on in the next.',
  lost: 'Another node has the run by now.',
}
