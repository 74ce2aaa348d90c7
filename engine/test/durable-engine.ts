/** The engine with its disk and without its socket, in this process: for failures that a test decides. */
import { hashOf } from '../core/state-hash.ts'
import type { Limits } from '../core/layout.ts'
import type { Disk } from '../journal/disk.ts'
import type { Journal } from '../journal/journal.ts'
import { makeSnapshot, type MadeSnapshot } from '../journal/snapshot-maker.ts'
import { Store, type Restored } from '../journal/store.ts'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { Sequencer } from '../process/sequencer.ts'
import { market } from './engine-process.ts'
import { randomFrom } from './fault-disk.ts'

export const FOLDER = '/data'
/** Room for a test's orders: many engines of this size cost little. */
const limits = { orders: 4096, rows: 1024, markets: 16, keys: 1024, hashSeed: 7 }

export class DurableEngine {
  readonly disk: Disk
  readonly store: Store
  readonly restored: Restored
  readonly journal: Journal
  readonly sequencer: Sequencer
  /** What an operator would have been told. */
  readonly troubles: string[]

  private constructor(
    disk: Disk,
    { store, restored, journal }: { store: Store; restored: Restored; journal: Journal },
    troubles: string[],
  ) {
    this.disk = disk
    this.store = store
    this.restored = restored
    this.journal = journal
    this.troubles = troubles
    this.sequencer = new Sequencer(restored.state, {
      commandLog: journal,
      log: store.log,
      previousCrc: journal.end.previousCrc,
      reload: () => store.reload(),
    })
    store.live((events) => {
      this.sequencer.takeEvents(events)
    })
  }

  static async open(
    disk: Disk,
    options: { folder?: string; limits?: Partial<Limits> } = {},
  ): Promise<DurableEngine> {
    const troubles: string[] = []
    const opened = await Store.open({
      disk,
      folder: FOLDER,
      segmentBytes: 8192,
      limits,
      ...options,
      onTrouble: (message) => troubles.push(message),
    })
    return new DurableEngine(disk, opened, troubles)
  }

  submit(command: Command): Promise<Outcome> {
    return this.sequencer.submitOwn(command)
  }

  /** The answer to a read, when there is one. */
  hash(): Promise<string | undefined> {
    const hash = hashOf(this.sequencer.state)
    return new Promise((resolve) => {
      this.sequencer.whenDurable((isDurable) => {
        resolve(isDurable ? hash : undefined)
      })
    })
  }

  snapshot(): Promise<MadeSnapshot | undefined> {
    return makeSnapshot(this.disk, FOLDER, { isRunning: true })
  }

  /** Resolves when commands are accepted again. */
  async recovered(): Promise<void> {
    if (!this.sequencer.failure) return
    await new Promise<void>((resolve) => {
      this.sequencer.onFailure = (failure) => {
        if (!failure) resolve()
      }
    })
  }

  async close(): Promise<void> {
    await this.sequencer.drain()
    await this.journal.close()
    await this.store.log.close()
  }
}

/** Deposits and orders that trade, each with a key of its own. */
export function commandsFrom(seed: number, count: number): Command[] {
  const random = randomFrom(seed)
  const commands: Command[] = [{ ...market, key: 'market' }]
  for (let n = 1; n < count; n++) {
    const account = 1 + Math.floor(random() * 3)
    const key = `k${n}`
    const asset = random() < 0.5 ? 'BTC' : 'USDT'
    if (n < 8 || random() < 0.2) commands.push({ op: 'deposit', account, asset, amount: '100', key })
    else {
      const side = random() < 0.5 ? 'buy' : 'sell'
      const price = (0.9 + Math.floor(random() * 20) / 100).toFixed(2)
      const order = { side, type: 'limit', timeInForce: 'GTC', price, quantity: '1' } as const
      commands.push({ op: 'place', market: 'BTC-USDT', account, id: key, key, ...order })
    }
  }
  return commands
}

/** Submits in waves, so that some share a write. Returns what was answered; stops at the first wave with a failure. */
export async function submitAll(
  engine: DurableEngine,
  commands: readonly Command[],
  snapshotAt = -1,
): Promise<Map<Command, Outcome>> {
  const answered = new Map<Command, Outcome>()
  for (let at = 0; at < commands.length; at += 4) {
    if (at === snapshotAt) await engine.snapshot()
    const wave = commands.slice(at, at + 4)
    const settled = await Promise.allSettled(wave.map((command) => engine.submit(command)))
    for (const [n, result] of settled.entries()) {
      if (result.status === 'fulfilled') answered.set(wave[n]!, result.value)
    }
    // It would be written a moment later, and a test's faults are to find it here.
    await engine.store.log.write().catch(() => undefined)
    if (settled.some(({ status }) => status === 'rejected')) break
  }
  return answered
}
