import type { WebSocket } from 'ws'

/** So many messages of one client are worked on at once; what comes beyond waits with the client. */
const RUNNING_MAX = 64

/**
 * Hands a client's messages on in their order, and stops reading from it while its code has enough to do: a client cannot
 * fill the memory with work. `handle` must not throw.
 */
export function takeMessages(socket: WebSocket, handle: (data: Buffer) => Promise<void>): void {
  const waiting: Buffer[] = []
  let running = 0

  async function run(data: Buffer): Promise<void> {
    running += 1
    await handle(data)
    running -= 1
    const next = waiting.shift()
    if (next) void run(next)
    else if (socket.isPaused) socket.resume()
  }

  socket.on('message', (data: Buffer) => {
    if (running < RUNNING_MAX) return void run(data)
    // What was read together with this one comes all the same.
    waiting.push(data)
    socket.pause()
  })
  socket.once('close', () => (waiting.length = 0))
}
