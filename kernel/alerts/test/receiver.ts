import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Somebody's server that is told of alerts. */
export async function startReceiver() {
  const received: Received[] = []
  let status = 200
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      if (status === 302) response.setHeader('location', 'http://169.254.169.254/')
      response.writeHead(status).end(status === 200 ? 'thank you' : 'not now')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    address: `http://${host}/alerts`,
    received,
    answer: (next: number) => {
      status = next
    },
    stop: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
