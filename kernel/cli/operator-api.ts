import { request as httpRequest } from 'node:http'
import path from 'node:path'
import { createApi, type Api } from '../contract/index.ts'
import { operatorSocket } from '../setup/index.ts'

/** The platform cannot be reached, or the command was used wrongly: one sentence for the terminal, exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/**
 * The running platform's API over the operator's Unix socket, where whoever may open the socket is the system itself:
 * the file's permissions are the login.
 */
export function operatorApi(): Api {
  const socketPath = process.env.OPERATOR_SOCKET ?? operatorSocket()
  return createApi({ baseUrl: 'http://operator/api', fetch: socketFetch(socketPath) })
}

function socketFetch(socketPath: string): typeof fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const url = new URL(String(input))
      const headers = Object.fromEntries(new Headers(init?.headers))
      const options = { socketPath, path: url.pathname + url.search, method: init?.method ?? 'GET', headers }
      const request = httpRequest(options, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const status = answer.statusCode ?? 500
          const hasBody = status !== 204 && status !== 304
          resolve(new Response(hasBody ? Buffer.concat(chunks) : null, { status }))
        })
      })
      request.on('error', (error: NodeJS.ErrnoException) => reject(unreachable(error, socketPath)))
      request.end(init?.body as string | Uint8Array | undefined)
    })
}

function unreachable(error: NodeJS.ErrnoException, socketPath: string): Error {
  const file = path.relative(process.cwd(), socketPath)
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return new CommandError(
        `The platform is not running (nothing answers at ${file}). Start it with: npm start`,
      )
    case 'EACCES':
      return new CommandError(
        `You may not use the operator's socket at ${file}; run this as the platform's user.`,
      )
    default:
      return error
  }
}
