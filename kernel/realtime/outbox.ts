/** What a subscriber receives. */
export interface ChannelMessage {
  readonly channel: string
  readonly data: unknown
  /** Published in the same turn, after `data`. */
  readonly more?: readonly unknown[]
  /** The subscription has ended; the client may subscribe anew, and gets a snapshot again. */
  readonly closed?: true
}

interface Pending {
  readonly wire: string
  readonly messages: unknown[]
}

export interface Outbox {
  add(room: string, wire: string, message: unknown): void
  flush(): void
}

/** Gathers what is published in one turn of the event loop, so that a channel costs a subscriber one packet a turn. */
export function createOutbox(deliver: (room: string, message: ChannelMessage) => void): Outbox {
  let pending = new Map<string, Pending>()

  function flush(): void {
    const leaving = pending
    pending = new Map()
    for (const [room, { wire, messages }] of leaving) {
      const [data, ...more] = messages
      deliver(room, { channel: wire, data, ...(more.length > 0 ? { more } : {}) })
    }
  }

  return {
    flush,
    add(room, wire, message) {
      if (pending.size === 0) setImmediate(flush)
      const entry = pending.get(room)
      if (entry) entry.messages.push(message)
      else pending.set(room, { wire, messages: [message] })
    },
  }
}
