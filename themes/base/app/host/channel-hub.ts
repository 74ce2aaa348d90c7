import { ref, type Ref } from 'vue'
import type { Problem } from '@cambium/kernel/contract'

export type ChannelStatus = 'connecting' | 'live' | 'stale'

export interface ChannelHandlers {
  onSnapshot(data: unknown): void
  onMessage(data: unknown): void
}

export interface Subscription {
  readonly status: Ref<ChannelStatus>
  stop(): void
}

type Answer =
  { readonly ok: true; readonly snapshot: unknown } | { readonly ok: false; readonly problem: Problem }

interface ChannelMessage {
  readonly channel: string
  readonly data: unknown
  /** What was published in the same turn, after `data`. */
  readonly more?: readonly unknown[]
  /** The owner of the channel went away or was replaced. */
  readonly closed?: true
}

/** The part of a Socket.IO client that is used; `connect` events come again after every reconnect. */
export interface ChannelSocket {
  readonly connected: boolean
  on(event: 'connect', listener: () => void): unknown
  on(event: 'disconnect', listener: (reason?: string) => void): unknown
  on(event: 'message', listener: (message: ChannelMessage) => void): unknown
  emit(event: 'subscribe', request: { channel: string }, answer: (answer: Answer) => void): unknown
  emit(event: 'unsubscribe', request: { channel: string }): unknown
  connect(): unknown
  disconnect(): unknown
}

export interface ChannelHub {
  /** False while the connection is lost; true before it was ever tried. */
  readonly isConnected: Ref<boolean>
  subscribe(channel: string, handlers: ChannelHandlers): Subscription
  /** After log-in and log-out: the server reads the session only when a socket connects. */
  reconnect(): void
  /** Told when the server has ended the connection: most often because the session is over. */
  onEnded(listener: () => Promise<void>): void
}

interface Subscriber {
  readonly channel: string
  readonly handlers: ChannelHandlers
  readonly status: Ref<ChannelStatus>
  /** Messages that overtook the snapshot; null once it is there. */
  early: unknown[] | null
  attempt: number
}

const retryMs = [500, 1_000, 2_000, 5_000, 10_000] as const

/** One socket for all subscribers of a tab. Every subscriber gets a snapshot first, and a fresh one after a reconnect. */
export function createChannelHub(
  openSocket: () => Promise<ChannelSocket>,
  later: (work: () => void, ms: number) => void = setTimeout,
): ChannelHub {
  const isConnected = ref(true)
  const subscribers = new Set<Subscriber>()
  let socket: ChannelSocket | undefined
  let opening: Promise<void> | undefined
  let tellEnded = (): Promise<void> => Promise.resolve()

  function retry(subscriber: Subscriber): void {
    subscriber.status.value = 'stale'
    const ms = retryMs[Math.min(subscriber.attempt++, retryMs.length - 1)] ?? 10_000
    later(() => {
      if (subscribers.has(subscriber) && socket?.connected) ask(socket, subscriber)
    }, ms)
  }

  function ask(to: ChannelSocket, subscriber: Subscriber): void {
    const early: unknown[] = []
    subscriber.early = early
    to.emit('subscribe', { channel: subscriber.channel }, (answer) => {
      // Stopped, or asked again after a reconnect: this answer is an old one.
      if (!subscribers.has(subscriber) || subscriber.early !== early) return
      if (!answer.ok) {
        if (answer.problem.status === 401 || answer.problem.status === 403) subscriber.status.value = 'stale'
        else retry(subscriber)
        return
      }
      subscriber.early = null
      subscriber.attempt = 0
      subscriber.handlers.onSnapshot(answer.snapshot)
      for (const data of early) subscriber.handlers.onMessage(data)
      subscriber.status.value = 'live'
    })
  }

  function deliver({ channel, data, more = [], closed }: ChannelMessage): void {
    for (const subscriber of subscribers) {
      if (subscriber.channel !== channel) continue
      if (closed) retry(subscriber)
      else if (subscriber.early) subscriber.early.push(data, ...more)
      else for (const item of [data, ...more]) subscriber.handlers.onMessage(item)
    }
  }

  async function open(): Promise<void> {
    const opened = await openSocket()
    socket = opened
    opened.on('connect', () => {
      isConnected.value = true
      for (const subscriber of subscribers) ask(opened, subscriber)
    })
    opened.on('disconnect', (reason) => {
      isConnected.value = false
      for (const subscriber of subscribers) subscriber.status.value = 'stale'
      // After its own end of a connection the server is not asked again by itself.
      if (reason === 'io server disconnect')
        void tellEnded()
          .catch(() => undefined)
          .then(() => opened.connect())
    })
    opened.on('message', deliver)
    opened.connect()
  }

  return {
    isConnected,
    subscribe(channel, handlers) {
      const subscriber: Subscriber = { channel, handlers, status: ref('connecting'), early: [], attempt: 0 }
      subscribers.add(subscriber)
      if (socket?.connected) ask(socket, subscriber)
      else opening ??= open()
      return {
        status: subscriber.status,
        stop() {
          subscribers.delete(subscriber)
          const isLast = ![...subscribers].some((other) => other.channel === channel)
          if (isLast && socket?.connected) socket.emit('unsubscribe', { channel })
        },
      }
    },
    onEnded(listener) {
      tellEnded = listener
    },
    reconnect() {
      socket?.disconnect()
      socket?.connect()
    },
  }
}
