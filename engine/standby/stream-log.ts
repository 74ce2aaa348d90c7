/**
 * A journal on other machines: a NATS JetStream stream. What is in the stream is durable; the folder of the engine has a
 * copy, for snapshots and quick starts. Every message says what the stream's last one must be, so of two writers one is
 * refused, and stops for ever. The only file of the engine that imports a package; it is loaded when it is configured.
 */
import { jetstream, jetstreamManager, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream'
import type { JetStreamClient, JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import { connect, headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'
import type { CommandLog } from '../journal/command-log.ts'
import type { Limits } from '../core/layout.ts'
import { headOf } from '../journal/segment.ts'

/** Headers of a message: what a part of a record is, or which messages before it do not count. */
const PART = 'Cambium-Part'
const SEQ = 'Cambium-Seq'
const RECORD = 'Cambium-Record'
const VOID = 'Cambium-Void'
/** Room that headers may take of the server's limit. */
const HEADERS_BYTES = 1024
const ANSWER_MS = 1000
const WATCH_MS = 1000

/** What the first message of a stream says of all others. */
export interface StreamIdentity {
  readonly format: 1
  readonly journal: string
  readonly limits: Limits
}

/** Another engine has written to the stream. */
export class StreamTaken extends Error {
  override readonly name = 'StreamTaken'
  readonly code = 'engine_is_fenced'
}

export interface StreamAddress {
  readonly servers: readonly string[]
  readonly stream: string
  readonly replicas: number
  readonly user?: string
  readonly pass?: string
}

/** `jetstream://[USER:PASSWORD@]HOST:PORT[,HOST:PORT]/STREAM[?replicas=N]`. */
export function parseStreamAddress(text: string): StreamAddress {
  const match = /^jetstream:\/\/(?:([^:@/]+):([^@/]*)@)?([^/?@]+)\/([\w-]+)(?:\?replicas=([1-5]))?$/.exec(
    text,
  )
  if (!match) throw new Error(`"${text}" must be jetstream://HOST:PORT/STREAM`)
  const [, user, pass, servers = '', stream = '', replicas = '1'] = match
  const login = user === undefined ? {} : { user, pass: pass ?? '' }
  return { servers: servers.split(','), stream, replicas: Number.parseInt(replicas, 10), ...login }
}

export interface StreamOptions {
  /** Of the engine that writes. */
  readonly engine: string
  /** How long a record may take to be stored before its commands are refused. */
  readonly waitMs?: number
}

export class StreamLog implements CommandLog {
  readonly #connection: NatsConnection
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #address: StreamAddress
  readonly #waitMs: number
  readonly #engine: string
  readonly #partBytes: number
  #epoch = 0
  /** Sequence of the stream's last message, as far as this engine knows: all before it are known. */
  #last = 0
  #isWriting = false
  #taken: StreamTaken | undefined
  #watch: NodeJS.Timeout | undefined
  /** Called once when another engine has written. */
  onTaken: (error: StreamTaken) => void = () => undefined

  private constructor(
    connection: NatsConnection,
    {
      address,
      manager,
      engine,
      waitMs = 5000,
    }: { address: StreamAddress; manager: JetStreamManager } & StreamOptions,
  ) {
    this.#connection = connection
    this.#client = jetstream(connection)
    this.#manager = manager
    this.#address = address
    this.#waitMs = waitMs
    this.#engine = engine
    this.#partBytes = connection.info!.max_payload - HEADERS_BYTES
  }

  static async open(text: string, options: StreamOptions): Promise<StreamLog> {
    const address = parseStreamAddress(text)
    const { servers, user, pass } = address
    const login = user === undefined ? {} : { user, pass: pass ?? '' }
    const reconnect = { maxReconnectAttempts: -1, reconnectTimeWait: 100 }
    const connection = await connect({
      servers: [...servers],
      name: 'cambium engine',
      ...login,
      ...reconnect,
    })
    const manager = await jetstreamManager(connection)
    const log = new StreamLog(connection, { address, manager, ...options })
    await log.#provideStream()
    return log
  }

  get #subject(): string {
    return `cambium.journal.${this.#address.stream}`
  }

  async #provideStream(): Promise<void> {
    const { stream, replicas } = this.#address
    try {
      await this.#manager.streams.info(stream)
    } catch (error) {
      if (codeOf(error) !== JetStreamApiCodes.StreamNotFound) throw error
      await this.#manager.streams.add({
        name: stream,
        subjects: [this.#subject],
        num_replicas: replicas,
        // Nothing may ever leave it by itself or by a mistake.
        storage: 'file',
        retention: 'limits',
        discard: 'new',
        deny_delete: true,
        deny_purge: true,
      })
    }
  }

  /** What the stream says of itself; undefined when nothing has ever been written to it. */
  async identity(): Promise<StreamIdentity | undefined> {
    const first = await this.#message(1)
    return first && first.json<StreamIdentity>()
  }

  /** Makes a new stream this journal's. */
  async begin(identity: Omit<StreamIdentity, 'format'>): Promise<void> {
    const own = headers()
    const id = this.#id('identity')
    own.set(RECORD, id)
    await this.#publish(Buffer.from(JSON.stringify({ format: 1, ...identity })), own, id)
  }

  async #message(seq: number): Promise<StoredMsg | undefined> {
    return (await this.#manager.streams.getMessage(this.#address.stream, { seq })) ?? undefined
  }

  async #lastInStream(): Promise<number> {
    return (await this.#manager.streams.info(this.#address.stream)).state.last_seq
  }

  /**
   * Calls `take` for every record from the one that starts with `seqNext` on, or from a little before, in order. What was
   * given up while it was written does not count, nor do the first parts of a record that was never finished.
   */
  async replay(seqNext: number, take: (record: Buffer) => Promise<void>): Promise<void> {
    const end = await this.#lastInStream()
    const start = await this.#findBefore(seqNext, end)
    let parts: Buffer[] = []
    // A record is held back until it is known that the message after it does not take it back.
    let held: { readonly record: Buffer; readonly at: number } | undefined
    for await (const message of this.#messages(start, end)) {
      const taken = message.headers?.get(VOID)
      if (taken) {
        parts = []
        if (held && held.at >= Number.parseInt(taken, 10)) held = undefined
        continue
      }
      const [part = 0, count = 0] = (message.headers?.get(PART) ?? '')
        .split('/')
        .map((text) => Number.parseInt(text, 10))
      if (count === 0) continue
      parts = [...(part === 1 ? [] : parts), Buffer.from(message.data)]
      if (part < count || parts.length !== count) continue
      if (held) await take(held.record)
      held = { record: Buffer.concat(parts), at: message.seq - count + 1 }
      parts = []
    }
    if (held) await take(held.record)
    this.#last = end
  }

  /** The last message whose record starts before `seqNext`, so that the one due is not passed over. */
  async #findBefore(seqNext: number, end: number): Promise<number> {
    let [low, high] = [1, end + 1]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      const isBefore = await this.#startsBefore(middle, { low, seqNext })
      if (isBefore) low = middle
      else high = middle
    }
    return low
  }

  /** Messages without a record stand for the one before them. */
  async #startsBefore(at: number, { low, seqNext }: { low: number; seqNext: number }): Promise<boolean> {
    for (let seq = at; seq > low; seq--) {
      const text = (await this.#message(seq))?.header.get(SEQ)
      if (text) return Number(text) < seqNext
    }
    return true
  }

  async *#messages(
    start: number,
    end: number,
  ): AsyncGenerator<{
    readonly seq: number
    readonly data: Uint8Array
    readonly headers: MsgHdrs | undefined
  }> {
    if (start > end) return
    const consumer = await this.#client.consumers.get(this.#address.stream, {
      deliver_policy: 'by_start_sequence' as never,
      opt_start_seq: start,
    })
    const messages = await consumer.consume({ max_messages: 1000 })
    for await (const message of messages) {
      yield { seq: message.seq, data: message.data, headers: message.headers }
      if (message.seq >= end) break
    }
  }

  /** From here on this engine writes; it learns within a moment when another one does. */
  watch(): void {
    this.#watch = setInterval(() => {
      const known = this.#last
      this.#lastInStream().then(
        (last) => {
          if (last > known && known === this.#last && !this.#isWriting) this.#isTaken()
        },
        () => undefined,
      )
    }, WATCH_MS).unref()
  }

  async write(record: Buffer): Promise<void> {
    const { firstSeq, crc, epoch } = headOf(record)
    const count = Math.ceil(record.length / this.#partBytes)
    this.#isWriting = true
    this.#epoch = epoch
    try {
      for (let part = 1; part <= count; part++) {
        const own = headers()
        own.set(PART, `${part}/${count}`)
        own.set(SEQ, String(firstSeq))
        const id = this.#id(`${firstSeq}-${crc}-${part}`)
        own.set(RECORD, id)
        await this.#publish(record.subarray((part - 1) * this.#partBytes, part * this.#partBytes), own, id)
      }
    } finally {
      this.#isWriting = false
    }
  }

  /** Names a message, for the server to know it again and for other engines to know whose it is. */
  #id(rest: string): string {
    return `${this.#engine}/${this.#epoch}/${rest}`
  }

  /** The engine that wrote last; undefined in a new stream. */
  async lastWriter(): Promise<string | undefined> {
    const seq = await this.#lastInStream()
    if (seq === 0) return undefined
    return (await this.#message(seq))?.header.get(RECORD).split('/')[0] || undefined
  }

  /**
   * Publishes behind the last message that is known, however often it takes to hear that it is stored. The same message
   * twice is stored once; a message of another engine in its place ends this one.
   */
  async #publish(data: Uint8Array, own: MsgHdrs, id: string): Promise<void> {
    if (this.#taken) throw this.#taken
    const deadline = performance.now() + this.#waitMs
    for (;;) {
      try {
        const expect = { streamName: this.#address.stream, lastSequence: this.#last }
        const { seq } = await this.#client.publish(this.#subject, data, {
          msgID: id,
          headers: own,
          expect,
          timeout: ANSWER_MS,
        })
        if (seq !== this.#last + 1) throw this.#isTaken()
        this.#last = seq
        return
      } catch (error) {
        if (error instanceof StreamTaken) throw error
        if (codeOf(error) === JetStreamApiCodes.StreamWrongLastSequence) {
          if ((await this.#message(this.#last + 1))?.header.get('Nats-Msg-Id') !== id) throw this.#isTaken()
          this.#last++
          return
        }
        if (performance.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  #isTaken(): StreamTaken {
    if (this.#taken) return this.#taken
    clearInterval(this.#watch)
    const { stream } = this.#address
    this.#taken = new StreamTaken(
      `another engine has written to the stream ${stream} after message ${this.#last}`,
    )
    this.onTaken(this.#taken)
    return this.#taken
  }

  /** Says in the stream that what may have been stored of the failed record does not count. */
  async recover(): Promise<void> {
    if (this.#taken) throw this.#taken
    const first = this.#last + 1
    const last = await this.#lastInStream()
    for (let seq = first; seq <= last; seq++) {
      // Parts of the failed record, and earlier words that it is void.
      const id = (await this.#message(seq))?.header.get(RECORD)
      if (!id?.startsWith(this.#id(''))) throw this.#isTaken()
    }
    this.#last = last
    const own = headers()
    const id = this.#id(`void-${first}-${last}`)
    own.set(VOID, String(first))
    own.set(RECORD, id)
    await this.#publish(Buffer.alloc(0), own, id)
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    await this.#connection.close()
  }
}

function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined
}
