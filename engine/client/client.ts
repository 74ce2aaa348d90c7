/** How other processes use the engine: commands and reads in decimals, answered when durable, and events by seq. */
import { writeCommand } from '../messages/command-record.ts'
import type { Command } from '../messages/command.ts'
import { checkCommand } from '../messages/command-shape.ts'
import type { EngineEvent, Outcome } from '../messages/event.ts'
import { FRAME_GUARD, type Frame } from '../process/frame.ts'
import { decodeOutcomes } from '../process/outcome.ts'
import { Following } from './following.ts'
import type { Memory } from '../core/layout.ts'
import { Addresses } from './addresses.ts'
import { EngineUnavailable, type EngineLink, type FrameTrace } from './link.ts'
import type { EngineTimes } from '../process/traced-requests.ts'
import { MarketTable } from './market-table.ts'
import type { MarketTerms } from '../messages/market.ts'
import type { AssetTerms, Balance, Depth, OpenOrder } from '../core/reads.ts'
import { COMMAND_BYTES_MAX } from '../messages/records.ts'

const FRAME_COMMANDS_MAX = 1024
const FRAME_BYTES_MAX = 512 << 10
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1000

export interface EngineClientOptions {
  /** The engine's Unix socket, or host:port; or those of an engine and its standbys, with commas between them. */
  readonly socket: string
  /** The highest epoch seen before: an engine of a lower one is not listened to. */
  readonly epoch?: number
  /** Called each time the connection is lost, or cannot be made. The client goes on trying by itself. */
  readonly onDisconnect?: (reason: Error) => void
}

/** Every read says at which seq it was true; all it shows is durable. */
export interface EngineClient {
  /** Resolves once the engine answers. */
  ready(): Promise<void>
  /** Resolves when the command is on disk. A refusal is an outcome; no engine is `EngineUnavailable`. */
  submit(command: Command, trace?: CommandTrace): Promise<Outcome>
  /** In this order, as one batch where possible. All or none of the promises' parts resolve. */
  submitMany(commands: readonly Command[], trace?: CommandTrace): Promise<Outcome[]>
  balances(account?: number): Promise<{ seq: number; balances: Balance[] }>
  openOrders(asked?: {
    readonly account?: number
    readonly market?: string
  }): Promise<{ seq: number; orders: OpenOrder[] }>
  /** Undefined when there is no such market. */
  depth(market: string, limit: number): Promise<({ seq: number } & Depth) | undefined>
  markets(): Promise<{ seq: number; markets: MarketTerms[] }>
  assets(): Promise<{ seq: number; assets: AssetTerms[] }>
  hash(): Promise<{ seq: number; hash: string }>
  /**
   * Every event from `fromSeq` on, in order, each once, across reconnects; `onEvents` is awaited before the next call,
   * and called again with the same events after it throws. A call ends where a command's events end.
   */
  follow(fromSeq: number, onEvents: (events: EngineEvent[]) => Promise<void> | void): () => void
  /**
   * Has the engine cancel all orders of the account when the connection that this client has now ends, however it ends.
   * After a loss, call it again. The latest connection that guards an account is the one that counts.
   */
  guard(account: number): Promise<void>
  close(): void
}

/** The request of the outside that a command is for. It travels beside the command and changes nothing. */
export interface CommandTrace {
  readonly id: string
  /** Called before the outcome comes, with what the engine took for the frame that the command travelled in. */
  readonly onTimes: (times: EngineTimes) => void
}

interface Pending {
  readonly command: Command
  readonly trace: CommandTrace | undefined
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Starts connecting and returns at once; what is asked before the first connection waits for it. */
export function connectEngine(options: EngineClientOptions): EngineClient {
  return new Client(options)
}

class Client implements EngineClient {
  readonly #options: EngineClientOptions
  readonly #addresses: Addresses
  readonly #markets = new MarketTable()
  readonly #followings = new Set<Following>()
  readonly #input: Memory
  #link: EngineLink | undefined
  #connecting: Promise<EngineLink>
  #isFirst = true
  #isClosed = false
  #retry: NodeJS.Timeout | undefined
  #pending: Pending[] = []
  #sending: Promise<void> | undefined

  constructor(options: EngineClientOptions) {
    this.#options = options
    this.#addresses = new Addresses(options.socket, options.epoch)
    const buffer = new ArrayBuffer(FRAME_BYTES_MAX + COMMAND_BYTES_MAX)
    this.#input = { i: new Int32Array(buffer), f: new Float64Array(buffer), b: new Uint8Array(buffer) }
    this.#connecting = this.#connect(RETRY_MS_MIN)
    this.#connecting.catch(() => undefined)
  }

  async #connect(retryMs: number): Promise<EngineLink> {
    const link = await this.#addresses.open({
      onClose: (reason) => {
        this.#link = undefined
        if (this.#isClosed) return
        this.#isFirst = false
        this.#options.onDisconnect?.(reason)
        this.#retry = setTimeout(() => {
          this.#connecting = this.#connect(Math.min(retryMs * 2, RETRY_MS_MAX))
          this.#connecting.catch(() => undefined)
        }, retryMs)
      },
    })
    try {
      await this.#refresh(link)
    } catch (error) {
      // An engine that waits for its standby says hello and refuses all else: without this nobody would try again.
      link.fail(error as Error)
      throw error
    }
    retryMs = RETRY_MS_MIN
    this.#link = link
    return link
  }

  async #refresh(link: EngineLink): Promise<void> {
    const { result } = await link.read<MarketTerms[]>({ read: 'markets' })
    for (const [index, terms] of result.entries()) this.#markets.learn(index, terms)
  }

  /** The open link. The very first connection is waited for; after a loss, callers are told at once. */
  async #open(): Promise<EngineLink> {
    if (this.#link) return this.#link
    if (this.#isClosed) throw new EngineUnavailable('the client is closed')
    if (this.#isFirst) return this.#connecting
    throw new EngineUnavailable('the engine is not connected')
  }

  async ready(): Promise<void> {
    while (!this.#link && !this.#isClosed) {
      await this.#connecting.catch(() => undefined)
      // After a loss that was the connection before; the next one is only tried after a pause.
      if (!this.#link) await new Promise((resolve) => setTimeout(resolve, RETRY_MS_MIN))
    }
  }

  submit(command: Command, trace?: CommandTrace): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ command: checkCommand(command), trace, resolve, reject })
      this.#sending ??= this.#sendSoon()
    })
  }

  submitMany(commands: readonly Command[], trace?: CommandTrace): Promise<Outcome[]> {
    return Promise.all(commands.map((command) => this.submit(command, trace)))
  }

  /** Waits for the end of this turn of the event loop, so that all that was asked in it travels together. */
  async #sendSoon(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch()
      try {
        const link = await this.#open()
        if (batch.some(({ command }) => !this.#isKnown(command))) await this.#refresh(link)
        const answered = this.#send(link, batch)
        // Later commands may be about the market this one makes.
        if (batch.at(-1)?.command.op === 'market') await answered
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#sending = undefined
  }

  #takeBatch(): Pending[] {
    const market = this.#pending.findIndex(({ command }) => command.op === 'market')
    const end = market < 0 ? FRAME_COMMANDS_MAX : Math.min(market + 1, FRAME_COMMANDS_MAX)
    return this.#pending.splice(0, end)
  }

  #isKnown(command: Command): boolean {
    if (command.op === 'market' || !('market' in command) || command.market === undefined) return true
    return this.#markets.find(command.market) !== undefined
  }

  /** Resolves when the batch is answered or refused. */
  #send(link: EngineLink, batch: readonly Pending[]): Promise<void> {
    let word = 0
    for (const { command } of batch) word = writeCommand(this.#input, word, command, this.#markets.find)
    return new Promise((resolve) => {
      const outcomes = {
        resolve: (frame: Frame) => {
          this.#settle(batch, frame, () => this.#refresh(link))
          resolve()
        },
        reject: (error: Error) => {
          for (const { reject } of batch) reject(error)
          resolve()
        },
      }
      link.submit(batch.length, this.#input.b.subarray(0, word * 4), outcomes, traceOf(batch))
    })
  }

  #settle(batch: readonly Pending[], { payload }: Frame, refresh: () => Promise<void>): void {
    let next = 0
    for (const { seq, isDuplicate, events } of decodeOutcomes(payload, batch.length)) {
      const { resolve, reject } = batch[next++]!
      this.#markets.decode(events, refresh).then((decoded) => {
        resolve({ seq, events: decoded, duplicate: isDuplicate })
      }, reject)
    }
  }

  async #read<Result>(question: object): Promise<{ seq: number; result: Result }> {
    const link = await this.#open()
    return link.read<Result>(question)
  }

  async balances(account?: number): Promise<{ seq: number; balances: Balance[] }> {
    const { seq, result } = await this.#read<Balance[]>({ read: 'balances', account })
    return { seq, balances: result }
  }

  async openOrders(asked?: {
    readonly account?: number
    readonly market?: string
  }): Promise<{ seq: number; orders: OpenOrder[] }> {
    const { seq, result } = await this.#read<OpenOrder[]>({ read: 'openOrders', ...asked })
    return { seq, orders: result }
  }

  async depth(market: string, limit: number): Promise<({ seq: number } & Depth) | undefined> {
    const { seq, result } = await this.#read<Depth | null>({ read: 'depth', market, limit })
    return result ? { seq, ...result } : undefined
  }

  async markets(): Promise<{ seq: number; markets: MarketTerms[] }> {
    const { seq, result } = await this.#read<MarketTerms[]>({ read: 'markets' })
    return { seq, markets: result }
  }

  async assets(): Promise<{ seq: number; assets: AssetTerms[] }> {
    const { seq, result } = await this.#read<AssetTerms[]>({ read: 'assets' })
    return { seq, assets: result }
  }

  async hash(): Promise<{ seq: number; hash: string }> {
    const { seq, result } = await this.#read<string>({ read: 'hash' })
    return { seq, hash: result }
  }

  follow(fromSeq: number, onEvents: (events: EngineEvent[]) => Promise<void> | void): () => void {
    const following = new Following(fromSeq, onEvents, { ...this.#options, addresses: this.#addresses })
    this.#followings.add(following)
    return () => {
      following.close()
      this.#followings.delete(following)
    }
  }

  async guard(account: number): Promise<void> {
    const link = await this.#open()
    await link.request(FRAME_GUARD, 0, Buffer.from(JSON.stringify({ account })))
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    for (const following of this.#followings) following.close()
    this.#link?.close()
    this.#connecting.then(
      (link) => {
        link.close()
      },
      () => undefined,
    )
  }
}

/** Of a batch in which no command is traced, which are nearly all, undefined. */
function traceOf(batch: readonly Pending[]): FrameTrace | undefined {
  if (!batch.some(({ trace }) => trace)) return undefined
  const traces = new Set(batch.flatMap(({ trace }) => (trace ? [trace] : [])))
  const ids = [...new Set([...traces].map(({ id }) => id))]
  return {
    ids,
    onTimes: (times) => {
      for (const { onTimes } of traces) onTimes(times)
    },
  }
}
