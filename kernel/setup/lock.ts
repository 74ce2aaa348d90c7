import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Takes the one lock of a folder, or answers undefined when another process holds it.
 * It is a socket in Linux' abstract namespace: taken in one step, and free again the moment its holder is gone,
 * however it went.
 */
export async function takeLock(directory: string): Promise<(() => void) | undefined> {
  mkdirSync(directory, { recursive: true })
  const digest = createHash('sha256').update(realpathSync(directory)).digest('hex')
  const server = createServer()
  const isTaken = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    )
    server.listen(`\0cambium-${digest}`, () => resolve(false))
  })
  if (isTaken) return undefined
  server.unref()
  return () => void server.close()
}
