import type { Socket } from 'socket.io'

type Connection = Socket['conn']

const PACKETS_MAX = 256
const BYTES_MAX = 1024 * 1024
const LOOK_MS = 100

interface WebSocketTransport {
  readonly socket?: { readonly bufferedAmount?: number }
}

function bufferedBytes(connection: Connection): number {
  return (connection.transport as unknown as WebSocketTransport).socket?.bufferedAmount ?? 0
}

/** True when the client reads slower than we write, and by so much that waiting for it would only fill our memory. */
export function isSlow(connection: Connection): boolean {
  const { writeBuffer } = connection as unknown as { writeBuffer: unknown[] }
  return writeBuffer.length > PACKETS_MAX || bufferedBytes(connection) > BYTES_MAX
}

/** Calls `then` once everything written so far has left; never when the connection closes first. */
export function whenDrained(connection: Connection, then: () => void): void {
  const looking = setInterval(() => {
    if (connection.readyState === 'closed') return clearInterval(looking)
    const { writeBuffer } = connection as unknown as { writeBuffer: unknown[] }
    if (writeBuffer.length > 0 || bufferedBytes(connection) > 0) return
    clearInterval(looking)
    then()
  }, LOOK_MS)
  looking.unref()
}
