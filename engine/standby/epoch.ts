/**
 * Which of several engines may answer. Every promotion starts a higher epoch; an engine that hears of a higher one than
 * its own has been replaced and never answers again in its own. What it heard is kept beside its journal.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * `fenced`: was a primary, and another engine has been promoted. `diverged`: has a history that the others do not have,
 * and can neither answer nor follow until its folder is seeded again.
 */
export type Role = 'primary' | 'standby' | 'fenced' | 'diverged'

/** What the primary last told a standby: whether it can answer anybody without this one's acknowledgement. */
export type Tie = 'needed' | 'free'

interface EpochRecord {
  readonly format: 1
  /** Of this folder, for life. */
  readonly engine: string
  readonly role: Role
  /** The epoch this engine's last record was written in. */
  readonly epoch: number
  /** The highest epoch it has heard of. */
  readonly known: number
  /** Of a primary in synchronous mode: the one standby without which nothing is answered. */
  readonly pinned?: string
  readonly tie?: Tie
  /** Where each epoch began, as far as this engine has its records. */
  readonly began: readonly { readonly epoch: number; readonly seq: number }[]
  /** The engine that had this one step down. */
  readonly replacedBy?: string
  /** Why it is `fenced` or `diverged`, for whoever looks. */
  readonly reason?: string
}

export const EPOCH_MAX = 2 ** 31

function pathOf(folder: string): string {
  return join(folder, 'epoch.json')
}

/** What the folder says, or undefined when no engine has run in it with epochs. */
export function readEpoch(folder: string): EpochRecord | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as EpochRecord
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export class Epoch {
  readonly #folder: string
  #record: EpochRecord
  #writing: Promise<void> = Promise.resolve()
  /** Called at once when this engine may no longer answer, before that is on disk. */
  onFenced: () => void = () => undefined

  private constructor(folder: string, record: EpochRecord) {
    this.#folder = folder
    this.#record = record
  }

  /** A folder without the file belongs to a primary of the first epoch, or becomes a standby's. */
  static async open(folder: string, role: 'primary' | 'standby'): Promise<Epoch> {
    const found = readEpoch(folder)
    const epoch = role === 'primary' ? 1 : 0
    const fresh: EpochRecord = { format: 1, engine: randomUUID(), role, epoch, known: epoch, began: [] }
    const opened = new Epoch(folder, found ?? fresh)
    if (!found) await opened.#save({})
    return opened
  }

  get engine(): string {
    return this.#record.engine
  }

  get role(): Role {
    return this.#record.role
  }

  get epoch(): number {
    return this.#record.epoch
  }

  get known(): number {
    return this.#record.known
  }

  get pinned(): string | undefined {
    return this.#record.pinned
  }

  get replacedBy(): string | undefined {
    return this.#record.replacedBy
  }

  get tie(): Tie {
    return this.#record.tie ?? 'free'
  }

  get reason(): string | undefined {
    return this.#record.reason
  }

  /** Takes in an epoch that another side has told. One above our own ends a primary's answers before this returns. */
  hear(known: number, replacedBy?: string): Promise<void> {
    if (!Number.isSafeInteger(known) || known > EPOCH_MAX || known <= this.#record.known) return this.#writing
    if (this.#record.role !== 'primary') return this.#save({ known })
    const reason = `epoch ${known} has begun elsewhere; this engine was the primary of epoch ${this.epoch}`
    const saved = this.#save({ known, role: 'fenced', reason, ...(replacedBy && { replacedBy }) })
    this.onFenced()
    return saved
  }

  /** A record of `epoch` that comes before event `seq` is in the journal now, the first of its epoch. */
  reach(epoch: number, seq: number): Promise<void> {
    if (epoch <= this.#record.epoch) return this.#writing
    const began = [...this.#record.began, { epoch, seq }]
    return this.#save({ epoch, began, known: Math.max(epoch, this.#record.known) })
  }

  /** Where the first epoch after `epoch` began here: an engine that wrote on in `epoch` has another history from there. */
  after(epoch: number): number | undefined {
    return this.#record.began.find((start) => start.epoch > epoch)?.seq
  }

  /** Begins again as a standby that has nothing. */
  forget(): Promise<void> {
    return this.#save({ role: 'standby', epoch: 0, began: [], tie: 'free' }, [
      'pinned',
      'reason',
      'replacedBy',
    ])
  }

  become(role: Role, reason?: string): Promise<void> {
    return this.#save(
      { role, ...(reason !== undefined && { reason }) },
      reason === undefined ? ['reason'] : [],
    )
  }

  pin(engine: string | undefined): Promise<void> {
    return engine === undefined ? this.#save({}, ['pinned']) : this.#save({ pinned: engine })
  }

  tieTo(tie: Tie): Promise<void> {
    return tie === this.tie ? this.#writing : this.#save({ tie })
  }

  /** In memory at once; resolves when it is on disk, also what was saved before it. */
  #save(change: Partial<EpochRecord>, removed: (keyof EpochRecord)[] = []): Promise<void> {
    const entries = Object.entries({ ...this.#record, ...change })
    const kept = entries.filter(([name]) => !removed.includes(name as keyof EpochRecord))
    this.#record = Object.fromEntries(kept) as unknown as EpochRecord
    const text = `${JSON.stringify(this.#record)}\n`
    const saved = this.#writing.then(() => write(this.#folder, text))
    // The caller sees the failure; the next save must not inherit it.
    this.#writing = saved.catch(() => undefined)
    return saved
  }
}

/** Written aside and renamed, so that a crash leaves the old file or the new one. */
async function write(folder: string, text: string): Promise<void> {
  const path = pathOf(folder)
  const file = await open(`${path}.next`, 'w', 0o600)
  await file.writeFile(text)
  await file.sync()
  await file.close()
  await rename(`${path}.next`, path)
  const directory = await open(folder, 'r')
  await directory.sync()
  await directory.close()
}
