import type { Clock } from '../clock.ts'

/** One run of a job, as its handler sees it. */
export interface JobRun<Data = unknown> {
  readonly runId: string
  readonly name: string
  /** What it was started with; undefined for a scheduled run. */
  readonly data: Data
  /** 1 for the first try. */
  readonly attempt: number
  /** The time this run was due. */
  readonly dueAt: Date
  readonly clock: Clock
  /** Aborted when the run is cancelled, takes too long, or has to be handed back because its code is replaced. */
  readonly signal: AbortSignal
  /** How far it is, 0 to 100. */
  progress(percent: number, text?: string): void
  /** A line for the operator, kept with the run. */
  log(text: string): void
}

/** What it answers is kept with the run as JSON. A run may come twice (a node can die): do nothing twice. */
export type JobHandler = (run: JobRun<never>) => Promise<unknown>

export interface StartRun {
  /** Started again with the same key, the first run is answered. */
  readonly key?: string
  readonly delayMs?: number
}

export interface StartedRun {
  readonly runId: string
}
