/** One socket to the engine from the client's side: frames out, and each answer to whoever asked. */
import { connect, type OnReadOpts, type Socket } from 'node:net'
import type { Role } from '../standby/epoch.ts'
import {
  encodeFrame,
  encodeJsonFrame,
  FRAME_ANSWER,
  FRAME_CHECK,
  FRAME_CONTROL,
  FRAME_EVENTS,
  FRAME_GREET,
  FRAME_FOLLOWED,
  FRAME_HELLO,
  FRAME_OUTCOMES,
  FRAME_PART,
  FRAME_READ,
  FRAME_RECORDS,
  FRAME_REFUSED,
  FRAME_REPLICATE,
  FRAME_SUBMIT,
  FRAME_TIMES,
  FRAME_TRACE,
  FrameReader,
  PROTOCOL,
  ProtocolError,
  type Frame,
} from '../process/frame.ts'

import { readTimes, type EngineTimes } from '../process/traced-requests.ts'

/** How much is read at a time. */
const READ_BYTES = 1 << 17

/** The engine did not do it, or cannot say. Trying again is safe for commands that carry a key. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable'
  readonly retryable = true
  readonly code: string

  constructor(message: string, code = 'engine_unavailable') {
    super(message)
    this.code = code
  }
}

interface Waiting {
  /** Its payload is only good until this returns. */
  readonly resolve: (frame: Frame) => void
  readonly reject: (error: Error) => void
}

/** Which requests of the outside a frame of commands is for, and who wants to know what it took. */
export interface FrameTrace {
  readonly ids: readonly string[]
  readonly onTimes: (times: EngineTimes) => void
}

export interface LinkHandlers {
  readonly onClose: (reason: Error) => void
  readonly onEvents?: (events: Buffer) => void
  /** What a standby gets from its primary. */
  readonly onReplica?: (frame: Frame) => void
}

function kept(frame: Frame): Frame {
  return { ...frame, payload: Buffer.from(frame.payload) }
}

/** The highest epoch this side has seen, for the engine to know whether it has been replaced. */
export interface Greeting {
  readonly epoch: number
  /** Of an engine. */
  readonly engine?: string
}

/** What an engine says of itself at once. */
export interface Hello {
  readonly protocol: number
  readonly engine: string
  readonly role: Role
  readonly epoch: number
  /** The highest epoch it has heard of: above its own when it has been replaced. */
  readonly known: number
  readonly seq: number
  /** It takes ids of requests, and tells how long commands took. */
  readonly tracing?: boolean
}

export class EngineLink {
  readonly socket: Socket
  readonly opened: Promise<Hello>
  readonly #waiting = new Map<number, Waiting>()
  readonly #handlers: LinkHandlers
  #requests = 0
  #reason: Error | undefined
  #welcome: ((hello: Hello) => void) | undefined
  #isTracing = false
  readonly #times = new Map<number, FrameTrace>()

  constructor(address: string, handlers: LinkHandlers, greeting: Greeting = { epoch: 0 }) {
    this.#handlers = handlers
    const port = /^(.+):(\d+)$/.exec(address)
    const place = port ? { port: Number(port[2]), host: port[1]! } : { path: address }
    this.socket = connect({ ...place, onread: this.#reading() })
    this.socket.setNoDelay(true)
    this.socket.write(encodeJsonFrame(FRAME_GREET, 0, greeting))
    this.opened = new Promise((resolve, reject) => {
      this.#welcome = resolve
      this.socket.once('close', () => {
        reject(this.#end())
      })
    })
    this.opened.catch(() => undefined)
    this.socket.on('error', (error) => (this.#reason ??= new EngineUnavailable(error.message)))
  }

  /** Everything that comes is read into the same memory: that of a read each would have to be collected. */
  #reading(): OnReadOpts {
    const frames = new FrameReader((frame) => {
      this.#receive(frame)
    })
    return {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (count, memory) => {
        try {
          frames.push((memory as Buffer).subarray(0, count))
        } catch (error) {
          this.#reason ??= error as Error
          this.socket.destroy()
        }
        return true
      },
    }
  }

  #end(): Error {
    const reason = this.#reason ?? new EngineUnavailable('the engine closed the connection')
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
    this.#times.clear()
    this.#handlers.onClose(reason)
    return reason
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case FRAME_HELLO: {
        const hello = JSON.parse(frame.payload.toString()) as Hello
        if (hello.protocol !== PROTOCOL)
          throw new ProtocolError(`the engine speaks protocol ${hello.protocol}, not ${PROTOCOL}`)
        this.#isTracing = hello.tracing === true
        return this.#welcome?.(hello)
      }
      case FRAME_EVENTS:
        return this.#handlers.onEvents?.(Buffer.from(frame.payload))
      case FRAME_TIMES:
        this.#times.get(frame.request)?.onTimes(readTimes(frame))
        this.#times.delete(frame.request)
        return
      case FRAME_OUTCOMES:
      case FRAME_ANSWER:
      case FRAME_PART:
        this.#waiting.get(frame.request)?.resolve(frame)
        this.#waiting.delete(frame.request)
        return
      case FRAME_REFUSED:
        return this.#refused(frame)
      case FRAME_FOLLOWED:
      case FRAME_RECORDS:
      case FRAME_CHECK:
        return this.#handlers.onReplica?.(kept(frame))
      default:
        throw new ProtocolError(`there is no frame kind ${frame.kind}`)
    }
  }

  #refused(frame: Frame): void {
    const { code, message } = JSON.parse(frame.payload.toString()) as { code: string; message: string }
    const error = code === 'protocol' ? new ProtocolError(message) : new EngineUnavailable(message, code)
    const waiting = this.#waiting.get(frame.request)
    this.#waiting.delete(frame.request)
    this.#times.delete(frame.request)
    if (waiting) return waiting.reject(error)
    this.#reason = error
    this.socket.destroy()
  }

  send(kind: number, count: number, payload: Uint8Array): number {
    this.#requests = (this.#requests + 1) >>> 0 || 1
    this.socket.write(encodeFrame(kind, this.#requests, count, payload))
    return this.#requests
  }

  request(kind: number, count: number, payload: Uint8Array): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const resolveKept = (frame: Frame): void => {
        resolve(kept(frame))
      }
      this.#waiting.set(this.send(kind, count, payload), { resolve: resolveKept, reject })
    })
  }

  /** Sends `count` commands. Their outcomes are handed over where they were read, for whoever has many. */
  submit(count: number, commands: Uint8Array, outcomes: Waiting, trace?: FrameTrace): void {
    if (trace && this.#isTracing) {
      // It goes in front, under the number that the commands get.
      const request = (this.#requests + 1) >>> 0 || 1
      this.#times.set(request, trace)
      this.socket.write(encodeFrame(FRAME_TRACE, request, 0, Buffer.from(trace.ids.join(','), 'latin1')))
    }
    this.#waiting.set(this.send(FRAME_SUBMIT, count, commands), outcomes)
  }

  /** `standby` is true when a standby answered, which may be behind the primary. */
  async read<Result>(question: object): Promise<{ seq: number; result: Result; standby?: true }> {
    const frame = await this.request(FRAME_READ, 0, Buffer.from(JSON.stringify(question)))
    return JSON.parse(frame.payload.toString()) as { seq: number; result: Result; standby?: true }
  }

  /** What operators and engines ask of an engine, whatever its role. */
  async ask<Result>(question: object): Promise<Result> {
    const payload = await this.fetch(question)
    return JSON.parse(payload.toString()) as Result
  }

  /** The same where the answer is bytes. */
  async fetch(question: object): Promise<Buffer> {
    return (await this.request(FRAME_CONTROL, 0, Buffer.from(JSON.stringify(question)))).payload
  }

  /** Asks for records. They come to `onReplica`; this only ever ends with the refusal or the end of the link. */
  async replicate(question: object): Promise<never> {
    const frame = await this.request(FRAME_REPLICATE, 0, Buffer.from(JSON.stringify(question)))
    throw new ProtocolError(`frame kind ${frame.kind} is no answer to replicate`)
  }

  /** Closes for a reason of this side's own, which the close handler is told. */
  fail(reason: Error): void {
    this.#reason ??= reason
    this.socket.destroy()
  }

  close(): void {
    this.socket.destroy()
  }
}
