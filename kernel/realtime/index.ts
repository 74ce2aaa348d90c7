export { createRealtime, type Realtime, type RealtimeOptions } from './realtime.ts'
export { realtimeRefusals } from './refusals.ts'
export type { SocketEndpoint, SocketServer } from './socket-server.ts'
export type { SocketConnection, SocketHandler } from './sockets.ts'
