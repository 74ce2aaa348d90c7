/**
 * Has snapshots made while the engine works, by a process of its own that reads the closed segments, and lets go of
 * what is not needed any more once one has been made and has proved good.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Disk } from '../journal/disk.ts'
import type { EventLog } from '../journal/event-log.ts'
import type { Journal } from '../journal/journal.ts'
import { releaseSegments, type KeepPolicy } from '../journal/retention.ts'

const program = new URL('../snapshot-main.ts', import.meta.url).pathname

export interface SnapshotPolicy {
  /** Make one after this many bytes of journal, and after this time when anything happened; 0 is never. */
  readonly snapshotBytes: number
  readonly snapshotMs: number
  /** Segments that no snapshot needs. */
  readonly journalKeep: KeepPolicy
  /** Bytes of the event log; older events go when a snapshot is made. */
  readonly eventsKeep: number
}

export const snapshotPolicyDefault: SnapshotPolicy = {
  snapshotBytes: 256 << 20,
  snapshotMs: 0,
  journalKeep: 'all',
  eventsKeep: Infinity,
}

interface SnapshotterParts {
  readonly folder: string
  readonly disk: Disk
  readonly journal: Journal
  readonly log: EventLog
  /** How much of closed segments the start had to replay. */
  readonly bytesReplayed: number
  readonly onTrouble: (message: string) => void
}

/** What the process that made a snapshot says about it. */
export interface Made {
  /** Its file, or null when there was nothing new to have in one. */
  readonly snapshot: string | null
  readonly seq: number
  readonly bytes: number
  readonly ms: number
}

export class Snapshotter {
  readonly #parts: SnapshotterParts
  readonly #policy: SnapshotPolicy
  #child: ChildProcess | undefined
  #running: Promise<Made | undefined> | undefined
  #bytesClosed: number
  #isDue = false
  #timer: NodeJS.Timeout | undefined
  /** Told of each snapshot that was made and read back. */
  onMade: (made: Made) => void = () => undefined

  constructor(parts: SnapshotterParts, policy: Partial<SnapshotPolicy>) {
    this.#parts = parts
    this.#policy = { ...snapshotPolicyDefault, ...policy }
    this.#bytesClosed = parts.bytesReplayed
    const { journal } = parts
    journal.onRotated = (bytes) => {
      this.#count(bytes)
    }
    if (this.#policy.snapshotMs > 0)
      this.#timer = setInterval(() => this.request(), this.#policy.snapshotMs).unref()
  }

  /** Adds bytes that a start would have to replay; with those that the last start did, the next snapshot may be due. */
  #count(bytes: number): void {
    this.#bytesClosed += bytes
    const { snapshotBytes } = this.#policy
    if (this.#isDue || (snapshotBytes > 0 && this.#bytesClosed >= snapshotBytes)) void this.run()
  }

  /** Makes one of all that is there now, as soon as the next command closes the segment. */
  request(): void {
    this.#isDue = true
    this.#parts.journal.closeSegmentSoon()
  }

  /** Makes a snapshot of the closed segments. Resolves with undefined when that failed, or one is being made. */
  async run(): Promise<Made | undefined> {
    if (this.#running) return undefined
    this.#bytesClosed = 0
    this.#isDue = false
    this.#running = this.#make()
    const made = await this.#running
    this.#running = undefined
    if (made) this.onMade(made)
    return made
  }

  async #make(): Promise<Made | undefined> {
    const { onTrouble, log } = this.#parts
    try {
      const made = await this.#spawn()
      // Without the journal the event log cannot be made again, so it must be as durable as what it outlives.
      await log.sync()
      await releaseSegments(this.#parts.disk, this.#parts.folder, this.#policy.journalKeep)
      await log.prune(this.#policy.eventsKeep)
      return made
    } catch (error) {
      onTrouble(`no snapshot was made: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  #spawn(): Promise<Made> {
    const child = spawn(process.execPath, [program, '--data', this.#parts.folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        this.#child = undefined
        if (code === 0) resolve(JSON.parse(output) as Made)
        else reject(new Error(errors.trim() || `its process ended with ${signal ?? code}`))
      })
    })
  }

  /** A snapshot that is being made is given up. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#child?.kill('SIGKILL')
    await this.#running
  }
}
