import { Passages } from '../../tracing/index.ts'
import { timed } from '../deadline.ts'
import type { Body } from './body.ts'
import type { Fault, IsolationLimits } from './fault.ts'
import type { HeapReport } from './messages.ts'
import { Peer, type PeerOptions, type Port } from './peer.ts'

export interface LifeOptions {
  readonly body: Body
  readonly limits: IsolationLimits
  readonly peer: Omit<PeerOptions, 'port'>
  /** What those who wait are refused with when it ends. */
  goneReason(): Error
  /** Once, unless it was ended from outside. */
  onFault(fault: Fault): void
}

const FLOOD_WINDOW_MS = 250
const MB = 1024 * 1024
/** What Node itself takes beside the heap. */
const PROCESS_OWN_MB = 96

/** One runner from its start to its end, watched: heartbeat, memory, messages. */
export class Life {
  readonly peer: Peer
  readonly #options: LifeOptions
  readonly #ready = Promise.withResolvers<void>()
  #heartbeat: NodeJS.Timeout | undefined
  #isOver = false
  #messages = 0
  #windowStartMs = performance.now()
  #heap: HeapReport = { heapBytes: 0, externalBytes: 0 }

  constructor(options: LifeOptions) {
    this.#options = options
    const { body, peer } = options
    this.#ready.promise.catch(() => undefined)
    this.peer = new Peer({
      ...peer,
      steps: new Passages(),
      port: this.#watched(body.port),
      serve: (method, args) => (method === 'ready' ? this.#ready.resolve() : peer.serve(method, args)),
    })
    body.onEnd(({ kind, message }) => this.#fault(kind, message))
  }

  /** Heap and buffers in use, as of the last heartbeat. */
  get heapBytes(): number {
    return this.#options.body.residentBytes() ?? this.#heap.heapBytes + this.#heap.externalBytes
  }

  /** Resolves when its program listens. */
  async ready(timeoutMs: number): Promise<void> {
    await timed(this.#ready.promise, timeoutMs, 'The start of the runner')
    void this.#beat()
  }

  /** Ends it at once; whoever waits is refused. */
  async end(): Promise<void> {
    if (!this.#isOver) this.#over()
    await this.#options.body.end()
  }

  /** It asks for more than can be answered. */
  flood(message: string): void {
    this.#fault('flood', message)
  }

  #watched({ post, listen }: Port): Port {
    return {
      post,
      listen: (onMessage) =>
        listen((message) => {
          if (!this.#isOver && this.#isAllowed()) onMessage(message)
        }),
    }
  }

  #isAllowed(): boolean {
    this.#messages += 1
    if (this.#messages <= this.#options.limits.messagesMax) return true
    const now = performance.now()
    if (now - this.#windowStartMs < FLOOD_WINDOW_MS) {
      this.#fault('flood', `It sent more than ${this.#messages - 1} messages in ${FLOOD_WINDOW_MS} ms.`)
      return false
    }
    this.#windowStartMs = now
    this.#messages = 0
    return true
  }

  async #beat(): Promise<void> {
    const { limits } = this.#options
    let askedMs = performance.now()
    let isAnswered = true
    let lateTurns = 0
    this.#heartbeat = setInterval(() => {
      if (isAnswered) {
        isAnswered = false
        lateTurns = 0
        askedMs = performance.now()
        this.peer
          .ask('ping', [])
          .then((report) => {
            isAnswered = true
            this.#heap = report as HeapReport
            this.#checkMemory()
          })
          .catch(() => undefined)
      } else if (performance.now() - askedMs > limits.hangMs) {
        // When it was this process that was late, the answer lies in the queue: it gets one more turn.
        lateTurns += 1
        if (lateTurns > 1) this.#fault('hang', `It did not answer for ${limits.hangMs} ms.`)
      }
      this.#messages = 0
      this.#windowStartMs = performance.now()
    }, limits.heartbeatMs)
    this.#heartbeat.unref()
  }

  #checkMemory(): void {
    const { body, limits } = this.#options
    const resident = body.residentBytes()
    const isOver =
      resident === undefined
        ? this.#heap.heapBytes + this.#heap.externalBytes > limits.memoryMb * MB
        : resident > (limits.memoryMb + PROCESS_OWN_MB) * MB
    if (isOver) this.#fault('memory', `It took more than ${limits.memoryMb} MB.`)
  }

  #fault(kind: Fault['kind'], message: string): void {
    if (this.#isOver) return
    this.#over()
    void this.#options.body.end()
    this.#options.onFault({ kind, message, at: new Date() })
  }

  #over(): void {
    this.#isOver = true
    clearInterval(this.#heartbeat)
    const reason = this.#options.goneReason()
    this.#ready.reject(reason)
    this.peer.close(reason)
  }
}
