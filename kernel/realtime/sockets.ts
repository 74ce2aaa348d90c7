import type { Principal } from '../broker/index.ts'

/** One client of a raw WebSocket endpoint. The kernel keeps it open while the code behind it is replaced. */
export interface SocketConnection {
  readonly id: string
  readonly principal: Principal
  /** Parameters of the address it came in by. */
  readonly query: Readonly<Record<string, string>>
  /** What `keep` was last told, by whatever generation; null at first. */
  readonly state: unknown
  /** Keeps JSON with the connection, for the generation that comes after this one. */
  keep(state: unknown): void
  /** Sends JSON. A client that reads too slowly is cut off. */
  send(message: unknown): void
  close(code?: number, reason?: string): void
}

/** The code behind a socket. */
export interface SocketHandler {
  /** A client has come, or (`isResumed`) was there already when this generation began to serve: read its `state`. */
  open(connection: SocketConnection, isResumed: boolean): void | Promise<void>
  /** A message of a client, parsed; one that is no JSON ends the connection before it comes here. */
  message(connection: SocketConnection, message: unknown): void | Promise<void>
  /** The client is gone, or another generation serves it from now on. */
  close?(connection: SocketConnection): void
}
