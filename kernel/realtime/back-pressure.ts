import type { Socket } from 'socket.io'

type Connection = Socket['conn']

const PACKETS_MAX = 256
const BYTES_MAX = 1024 * 1024
const LOOK_MS = 100

interface Buffers {
  /** What waits for the transport; it takes nothing new before the last has left. */
  readonly writeBuffer: readonly { readonly data?: { readonly length?: number } }[]
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number } }
}

/** Bytes written for the client that have not left this process; characters are counted as bytes. */
function waitingBytes(connection: Connection): number {
  const { writeBuffer, transport } = connection as unknown as Buffers
  const waiting = writeBuffer.reduce((bytes, { data }) => bytes + (data?.length ?? 0), 0)
  return waiting + (transport.socket?.bufferedAmount ?? 0)
}

/** True when the client reads slower than we write, and by so much that waiting for it would only fill our memory. */
export function isSlow(connection: Connection): boolean {
  const { writeBuffer } = connection as unknown as Buffers
  return writeBuffer.length > PACKETS_MAX || waitingBytes(connection) > BYTES_MAX
}

/** Calls `then` once everything written so far has left; never when the connection closes first. */
export function whenDrained(connection: Connection, then: () => void): void {
  const looking = setInterval(() => {
    if (connection.readyState === 'closed') return clearInterval(looking)
    if (waitingBytes(connection) > 0) return
    clearInterval(looking)
    then()
  }, LOOK_MS)
  looking.unref()
}
