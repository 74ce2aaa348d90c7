/** One client of the engine's socket: its frames in, its answers and the events it follows out. */
import type { Socket } from 'node:net'
import {
  encodeFrame,
  encodeJsonFrame,
  FRAME_ACKNOWLEDGE,
  FRAME_ANSWER,
  FRAME_CONTROL,
  FRAME_FOLLOW,
  FRAME_GREET,
  FRAME_GUARD,
  FRAME_HELLO,
  FRAME_PART,
  FRAME_READ,
  FRAME_REFUSED,
  FRAME_REPLICATE,
  FRAME_SUBMIT,
  FRAME_TRACE,
  FRAME_UNFOLLOW,
  FrameReader,
  PROTOCOL,
  ProtocolError,
  REQUEST_BYTES_MAX,
  type Frame,
} from './frame.ts'
import type { Greeting } from '../client/link.ts'
import { Follower } from './follower.ts'
import { checkCommand } from '../messages/command-shape.ts'
import { readOpenOrders } from '../core/open-orders.ts'
import { readAssets, readBalances, readDepth, readMarkets } from '../core/reads.ts'
import { Refused } from './refused.ts'
import type { ControlRequest, ReplicateRequest, Service } from './service.ts'
import { answerOf, repeatsOf } from './answer.ts'
import type { Repeat, Submitted } from './batch.ts'
import type { Group } from './group.ts'
import type { Sequencer } from './sequencer.ts'
import { TracedRequests } from './traced-requests.ts'
import type { Feed } from '../standby/feed.ts'
import { hashOf } from '../core/state-hash.ts'
import type { EngineState } from '../core/state.ts'

/** A client that has this much to read yet is not listened to: what it asked for would fill the memory of all. */
const UNREAD_BYTES_MAX = 8 << 20

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
      return readOpenOrders(s, account, market)
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

/** Why a request is not answered, in the words that go to the client. */
export interface Refusal {
  readonly code: string
  readonly message: string
}

interface OpenRequest {
  readonly request: number
}

function jsonOf<Value>({ payload }: Frame): Value {
  return JSON.parse(payload.toString()) as Value
}

function refusalOf(error: unknown): Refusal {
  const { code, message } = error as { code?: string; message: string }
  return { code: code ?? 'engine_unavailable', message }
}

export class Connection {
  readonly #socket: Socket
  readonly #service: Service
  readonly #frames = new FrameReader((frame) => {
    this.#handle(frame)
  }, REQUEST_BYTES_MAX)
  readonly #followers = new Map<number, Follower>()
  #isCorked = false
  /** Not listened to because of all, or because of itself. */
  #isPaused = false
  #isUnread = false
  readonly #traced: TracedRequests
  /** Requests not answered yet: each is answered once, by what it asked for or by a refusal of all. */
  readonly #open = new Set<OpenRequest>()
  /** A standby's connection carries the acknowledgements that answers wait for. */
  isStandby = false
  isOperator = false
  /** It sent what is no protocol: what else it sends is not looked at. */
  #isBroken = false
  #feed: Feed | undefined
  /** Names this connection in the state from the first account on that it guards. */
  #session = 0

  constructor(socket: Socket, service: Service) {
    this.#socket = socket
    this.#service = service
    this.#traced = new TracedRequests(service.slow)
    socket.on('data', (chunk) => {
      this.#receive(chunk)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#end()
    })
    socket.write(
      encodeJsonFrame(FRAME_HELLO, 0, {
        protocol: PROTOCOL,
        ...service.hello(),
      }),
    )
  }

  #end(): void {
    for (const follower of this.#followers.values()) follower.close()
    this.#followers.clear()
    this.#open.clear()
    if (this.#session > 0) this.#service.guards?.release(this.#session)
    this.#service.leave(this, this.#feed)
  }

  publish(events: Buffer, firstSeq: number, nextSeq: number): void {
    for (const follower of this.#followers.values()) follower.push(events, firstSeq, nextSeq)
  }

  pause(): void {
    this.#isPaused = !this.isStandby
    if (this.#isPaused) this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isUnread) this.#socket.resume()
  }

  #waitUntilRead(): void {
    this.#isUnread = true
    this.#socket.pause()
    this.#socket.once('drain', () => {
      this.#isUnread = false
      if (!this.#isPaused) this.#socket.resume()
    })
  }

  /** Answers everything that waits with a refusal: what it asked for may still happen, and nobody will say so here. */
  refuseAll(refusal: Refusal): void {
    for (const { request } of this.#open) this.#refuse(request, refusal)
    this.#open.clear()
  }

  close(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #receive(chunk: Buffer): void {
    if (this.#isBroken) return
    this.#socket.cork()
    try {
      this.#frames.push(chunk)
    } catch (error) {
      // Anything thrown here was caused by this client's bytes; nobody else may suffer for it.
      const message = error instanceof Error ? error.message : String(error)
      this.#isBroken = true
      this.#socket.end(encodeJsonFrame(FRAME_REFUSED, 0, { code: 'protocol', message }))
      this.#socket.destroySoon()
    } finally {
      this.#socket.uncork()
    }
    const isUnread = this.#socket.writableLength > UNREAD_BYTES_MAX
    if (isUnread && !this.#isUnread && !this.isStandby) this.#waitUntilRead()
  }

  #handle(frame: Frame): void {
    switch (frame.kind) {
      case FRAME_SUBMIT:
        return this.#submit(frame)
      case FRAME_TRACE:
        return this.#traced.announce(frame)
      case FRAME_READ:
        return this.#read(frame)
      case FRAME_FOLLOW:
        return this.#follow(frame)
      case FRAME_UNFOLLOW:
        return this.#unfollow(frame.request)
      case FRAME_GUARD:
        return this.#guard(frame)
      case FRAME_GREET:
        return this.#service.greet(jsonOf<Greeting>(frame))
      case FRAME_CONTROL:
        return this.#control(frame)
      case FRAME_REPLICATE:
        return this.#replicate(frame)
      case FRAME_ACKNOWLEDGE:
        return this.#acknowledge(frame)
      default:
        throw new ProtocolError(`there is no frame kind ${frame.kind}`)
    }
  }

  #submit({ request, count, payload }: Frame): void {
    const { sequencer } = this.#service
    const traced = this.#traced.begin(request)
    const refusal = this.#service.refusal('command')
    if (refusal || !sequencer) return this.#refuse(request, refusal)
    const open = this.#opened(request)
    sequencer.submit(payload, { count, request }, (result, group) => {
      if (!group) return this.#refuseOpen(open)
      if (traced) this.#socket.write(traced.end())
      const repeats = repeatsOf(result)
      if (repeats.length === 0) return this.#answerSubmit(open, result, group)
      group.hold()
      this.#eventsAgain(repeats, sequencer)
        .then(
          (again) => {
            this.#answerSubmit(open, result, group, again)
          },
          (error: unknown) => {
            this.#refuseOpen(open, refusalOf(error))
          },
        )
        .finally(group.release)
    })
    traced?.applied()
  }

  async #eventsAgain(repeats: readonly Repeat[], sequencer: Sequencer): Promise<Buffer[]> {
    const again: Buffer[] = []
    for (const { seq, count } of repeats) again.push(await sequencer.log.read(seq, count))
    // A repeat is not held back by a write of its own, and may be of a record that only this disk has.
    const why = await this.#service.safe()
    if (why) throw new Refused(why.code, why.message)
    return again
  }

  #answerSubmit(open: OpenRequest, result: Submitted, group: Group, again: readonly Buffer[] = []): void {
    if (!this.#open.delete(open)) return
    this.#corkTurn()
    const { pieces, isGroups } = answerOf(result, group, again)
    const last = pieces.pop()!
    for (const piece of pieces) this.#socket.write(piece)
    if (isGroups) group.hold()
    this.#socket.write(last, isGroups ? group.release : undefined)
  }

  #opened(request: number): OpenRequest {
    const open = { request }
    this.#open.add(open)
    return open
  }

  #answer(open: OpenRequest, bytes: Buffer): void {
    if (!this.#open.delete(open)) return
    this.#corkTurn()
    this.#socket.write(bytes)
  }

  /** What is answered in one turn leaves together: a group's frames settle one after the other, and a write costs more. */
  #corkTurn(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #refuseOpen(open: OpenRequest, refusal = this.#service.refusal('command')): void {
    if (this.#open.delete(open)) this.#refuse(open.request, refusal)
  }

  #refuse(request: number, refusal: Refusal | undefined): void {
    const why = refusal ?? {
      code: 'engine_unavailable',
      message: 'the engine is stopping',
    }
    this.#socket.write(encodeJsonFrame(FRAME_REFUSED, request, why))
  }

  /** The answer is made now but leaves only when what it shows is durable, wherever it has to be. */
  #read({ request, payload }: Frame): void {
    const refusal = this.#service.refusal('read')
    if (refusal) return this.#refuse(request, refusal)
    const { state, isStandby, seqNext } = this.#service
    const result = answer(state, JSON.parse(payload.toString()) as ReadRequest)
    const mark = isStandby ? { standby: true } : {}
    const reply = encodeJsonFrame(FRAME_ANSWER, request, {
      seq: seqNext - 1,
      result,
      ...mark,
    })
    const open = this.#opened(request)
    this.#service.whenSafe((why) => {
      if (why) this.#refuseOpen(open, why)
      else this.#answer(open, reply)
    })
  }

  #guard(frame: Frame): void {
    const { guards } = this.#service
    const { account } = jsonOf<{ account: number }>(frame)
    checkCommand({ op: 'guard', account, session: 0 })
    const refusal = this.#service.refusal('command')
    if (refusal || !guards) return this.#refuse(frame.request, refusal)
    const open = this.#opened(frame.request)
    this.#session ||= guards.nextSession
    guards.guard(account, this.#session).then(
      () => {
        const seq = this.#service.seqNext - 1
        this.#answer(open, encodeJsonFrame(FRAME_ANSWER, open.request, { seq, result: null }))
      },
      () => {
        this.#refuseOpen(open)
      },
    )
  }

  #follow({ request, payload }: Frame): void {
    const fromSeq = payload.length >= 8 ? payload.readDoubleLE(0) : 0
    if (!Number.isSafeInteger(fromSeq) || fromSeq < 1)
      throw new ProtocolError('events are followed from a seq')
    const { log } = this.#service
    const epoch = payload.length >= 16 ? payload.readDoubleLE(8) : 0
    const refusal = this.#service.refusal('read') ?? this.#service.refusalOfFollower(fromSeq, epoch)
    if (refusal) return this.#refuse(request, refusal)
    const open = this.#opened(request)
    this.#service.whenSafe((why) => {
      if (why) return this.#refuseOpen(open, why)
      if (this.#open.delete(open)) {
        this.#followers.set(request, new Follower(request, fromSeq, { socket: this.#socket, log }))
      }
    })
  }

  #unfollow(request: number): void {
    this.#followers.get(request)?.close()
    this.#followers.delete(request)
    for (const open of this.#open) if (open.request === request) this.#open.delete(open)
  }

  /** What operators and other engines ask; it is answered in every role, and also while the role changes. */
  #control({ request, payload }: Frame): void {
    this.isOperator = true
    this.#service.control(JSON.parse(payload.toString()) as ControlRequest).then(
      (result) => {
        if (Buffer.isBuffer(result)) this.#socket.write(encodeFrame(FRAME_PART, request, 0, result))
        else this.#socket.write(encodeJsonFrame(FRAME_ANSWER, request, result))
      },
      (error: unknown) => {
        this.#refuse(request, refusalOf(error))
      },
    )
  }

  #replicate(frame: Frame): void {
    const { request } = frame
    if (this.isStandby) throw new ProtocolError('records are asked for once')
    this.isStandby = true
    this.#service
      .replicate(jsonOf<ReplicateRequest>(frame), {
        request,
        socket: this.#socket,
      })
      .then(
        (feed) => {
          if (this.#socket.destroyed) this.#service.leave(this, feed)
          else this.#feed = feed
        },
        (error: unknown) => {
          this.#refuse(request, refusalOf(error))
        },
      )
  }

  #acknowledge({ count, payload }: Frame): void {
    if (!this.#feed || payload.length !== 8) throw new ProtocolError('there is nothing to acknowledge')
    this.#service.replication?.acknowledge(this.#feed, this.#feed.frameOf(count), payload.readDoubleLE(0))
  }
}
