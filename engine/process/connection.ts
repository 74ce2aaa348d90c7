/** One client of the engine's socket: its frames in, its answers and the events it follows out. */
import type { Socket } from 'node:net'
import {
  encodeFrame,
  encodeJsonFrame,
  FRAME_ANSWER,
  FRAME_FOLLOW,
  FRAME_GREET,
  FRAME_HELLO,
  FRAME_OUTCOMES,
  FRAME_READ,
  FRAME_REFUSED,
  FRAME_SUBMIT,
  FRAME_UNFOLLOW,
  FrameReader,
  OUTCOME_DUPLICATE,
  OUTCOME_HEAD_BYTES,
  OUTCOME_NEW,
  PROTOCOL,
  ProtocolError,
  REQUEST_BYTES_MAX,
  type Frame,
} from './frame.ts'
import { Follower } from '../client/follower.ts'
import { readAssets, readBalances, readDepth, readMarkets, readOpenOrders } from '../core/reads.ts'
import type { Submitted } from './batch.ts'
import type { Sequencer } from './sequencer.ts'
import { hashOf } from '../core/state-hash.ts'
import type { EngineState } from '../core/state.ts'

export interface ReadRequest {
  readonly read: 'balances' | 'openOrders' | 'depth' | 'markets' | 'assets' | 'hash'
  readonly account?: number
  readonly market?: string
  readonly limit?: number
}

function answer(s: EngineState, { read, account, market, limit }: ReadRequest): unknown {
  switch (read) {
    case 'balances':
      return readBalances(s, account)
    case 'openOrders':
      return readOpenOrders(s, account)
    case 'depth':
      return readDepth(s, market ?? '', limit ?? 100) ?? null
    case 'markets':
      return readMarkets(s)
    case 'assets':
      return readAssets(s)
    case 'hash':
      return hashOf(s)
    default:
      throw new ProtocolError(`there is no read ${JSON.stringify(read)}`)
  }
}

export class Connection {
  readonly #socket: Socket
  readonly #sequencer: Sequencer
  readonly #frames = new FrameReader(REQUEST_BYTES_MAX)
  readonly #followers = new Map<number, Follower>()

  constructor(socket: Socket, sequencer: Sequencer) {
    this.#socket = socket
    this.#sequencer = sequencer
    socket.on('data', (chunk) => {
      this.#receive(chunk)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const follower of this.#followers.values()) follower.close()
      this.#followers.clear()
    })
    const hello = { protocol: PROTOCOL, engine: '', role: 'primary', epoch: 1, known: 1 }
    socket.write(encodeJsonFrame(FRAME_HELLO, 0, { ...hello, seq: sequencer.seqNext - 1 }))
  }

  publish(events: Buffer, firstSeq: number, nextSeq: number): void {
    for (const follower of this.#followers.values()) follower.push(events, firstSeq, nextSeq)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #receive(chunk: Buffer): void {
    this.#socket.cork()
    try {
      for (const frame of this.#frames.push(chunk)) this.#handle(frame)
    } catch (error) {
      // Anything thrown here was caused by this client's bytes; nobody else may suffer for it.
      const message = error instanceof Error ? error.message : String(error)
      this.#socket.end(encodeJsonFrame(FRAME_REFUSED, 0, { code: 'protocol', message }))
    } finally {
      this.#socket.uncork()
    }
  }

  #handle(frame: Frame): void {
    switch (frame.kind) {
      case FRAME_SUBMIT:
        return this.#submit(frame)
      case FRAME_READ:
        return this.#read(frame)
      case FRAME_FOLLOW:
        return this.#follow(frame)
      case FRAME_GREET:
        return
      case FRAME_UNFOLLOW:
        this.#followers.get(frame.request)?.close()
        this.#followers.delete(frame.request)
        return
      default:
        throw new ProtocolError(`there is no frame kind ${frame.kind}`)
    }
  }

  #submit({ request, count, payload }: Frame): void {
    if (this.#sequencer.failure) return this.#refuse(request)
    this.#sequencer.submit(payload, count, (result, events) => {
      if (!events) return this.#refuse(request)
      void this.#answerSubmit(request, result, events)
    })
  }

  async #answerSubmit(request: number, result: Submitted, events: Buffer): Promise<void> {
    const { seqs, starts, ends, repeats } = result
    const parts: Buffer[] = []
    for (let command = 0; command < seqs.length; command++) {
      const isRepeat = repeats[command]! >= 0
      const own = isRepeat
        ? await this.#sequencer.eventsAgain(seqs[command]!, repeats[command]!)
        : events.subarray(starts[command], ends[command])
      const head = Buffer.allocUnsafe(OUTCOME_HEAD_BYTES)
      head.writeDoubleLE(seqs[command]!, 0)
      head.writeUInt32LE(own.length, 8)
      head.writeUInt32LE(isRepeat ? OUTCOME_DUPLICATE : OUTCOME_NEW, 12)
      parts.push(head, own)
    }
    this.#socket.write(encodeFrame(FRAME_OUTCOMES, request, seqs.length, Buffer.concat(parts)))
  }

  #refuse(request: number): void {
    const message = `the journal cannot be written: ${this.#sequencer.failure?.message ?? 'unknown'}`
    this.#socket.write(encodeJsonFrame(FRAME_REFUSED, request, { code: 'journal_unavailable', message }))
  }

  /** The answer is made now but leaves only when what it shows is durable. */
  #read({ request, payload }: Frame): void {
    const { state } = this.#sequencer
    const result = answer(state, JSON.parse(payload.toString()) as ReadRequest)
    const reply = encodeJsonFrame(FRAME_ANSWER, request, { seq: this.#sequencer.seqNext - 1, result })
    this.#sequencer.whenDurable((isDurable) => {
      if (isDurable) this.#socket.write(reply)
      else this.#refuse(request)
    })
  }

  #follow({ request, payload }: Frame): void {
    const fromSeq = payload.length === 8 ? payload.readDoubleLE(0) : 0
    if (!Number.isSafeInteger(fromSeq) || fromSeq < 1)
      throw new ProtocolError('events are followed from a seq')
    if (fromSeq > this.#sequencer.seqNext) {
      const message = `event ${fromSeq} is asked for, but this engine has only reached ${this.#sequencer.seqNext - 1}`
      this.#socket.write(encodeJsonFrame(FRAME_REFUSED, request, { code: 'seq_beyond_end', message }))
      return
    }
    const { log } = this.#sequencer
    this.#followers.set(request, new Follower(request, fromSeq, { socket: this.#socket, log }))
  }
}
