/** The engine's process: `node engine/main.ts --data DIR --socket PATH|HOST:PORT`. */
import { parseArgs } from 'node:util'
import { serve } from './process/server.ts'

const usage = 'usage: node engine/main.ts --data DIR --socket PATH|HOST:PORT [--segment-bytes N]'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, socket: { type: 'string' }, 'segment-bytes': { type: 'string' } },
  })
  const { data, socket } = values
  const segmentBytes = values['segment-bytes'] === undefined ? undefined : Number(values['segment-bytes'])
  if (!data || !socket || Number.isNaN(segmentBytes)) throw new Error(usage)
  const startedAt = performance.now()
  const server = await serve({ data, socket, ...(segmentBytes && { segmentBytes }) })
  const ms = Math.round(performance.now() - startedAt)
  process.stdout.write(`${JSON.stringify({ ready: true, seq: server.seq, replayed: server.replayed, ms })}\n`)
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`engine: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`engine: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
