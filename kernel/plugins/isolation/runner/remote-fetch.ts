import type { PluginKernel } from '../../plugin-server.ts'
import type { FetchAnswer, FetchMessage } from '../messages.ts'

type Ask = (message: FetchMessage, signal: AbortSignal | undefined) => Promise<FetchAnswer>

const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** `fetch` through the kernel, which looks at the grant. The body is there when the answer is. */
export function remoteFetch(ask: Ask): PluginKernel['fetch'] {
  return async (url, init = {}) => {
    const { redirect = 'follow', signal, ...rest } = init
    // `Request` understands every form a body and headers can have.
    const request = new Request(url, { ...rest, ...(rest.body ? { duplex: 'half' } : {}) } as RequestInit)
    const answer = await ask(
      {
        url: request.url,
        method: request.method,
        headers: [...request.headers],
        body: request.body ? new Uint8Array(await request.arrayBuffer()) : null,
        redirect,
      },
      signal ?? undefined,
    )
    const { status, statusText, headers, body } = answer
    const content = bodiless.has(status) ? null : (body as Uint8Array<ArrayBuffer> | null)
    const response = new Response(content, { status, statusText, headers: headers as [string, string][] })
    Object.defineProperty(response, 'url', { value: answer.url })
    return response
  }
}
