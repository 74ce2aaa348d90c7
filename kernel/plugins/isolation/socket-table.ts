import type { SocketConnection, SocketHandler } from '../../realtime/sockets.ts'
import type { SocketMessage } from './messages.ts'

type Ask = (method: string, args: unknown[]) => Promise<unknown>

interface Held {
  readonly name: string
  readonly connection: SocketConnection
}

function described({ id, principal, query, state }: SocketConnection): SocketMessage {
  return { id, principal, query, state }
}

/** The connections of a plugin's sockets, which outlive the runner that answers them. */
export class SocketTable {
  readonly #held = new Map<string, Held>()

  handler(name: string, ask: Ask): SocketHandler {
    return {
      open: async (connection, isResumed) => {
        this.#held.set(connection.id, { name, connection })
        await ask('socket', [name, 'open', described(connection), isResumed])
      },
      message: async (connection, message) => {
        await ask('socket', [name, 'message', described(connection), message])
      },
      close: (connection) => {
        this.#held.delete(connection.id)
        ask('socket', [name, 'close', described(connection)]).catch(() => undefined)
      },
    }
  }

  find(id: unknown): SocketConnection | undefined {
    return this.#held.get(String(id))?.connection
  }

  /** A new runner is told who was there already. */
  resume(ask: Ask): void {
    for (const { name, connection } of this.#held.values()) {
      ask('socket', [name, 'open', described(connection), true]).catch(() => undefined)
    }
  }
}
