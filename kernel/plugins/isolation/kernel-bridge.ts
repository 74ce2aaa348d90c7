import type { Call } from '../../broker/index.ts'
import type { Route } from '../../contract/index.ts'
import type { PluginKernel } from '../plugin-server.ts'
import { bridgeMethods, isBridged } from './bridge-methods.ts'
import type { FetchAnswer, FetchMessage, Statement } from './messages.ts'
import type { SocketTable } from './socket-table.ts'
import type { SqlDesk } from './sql-desk.ts'

export interface BridgeParts {
  /** As the plugin would have it in the kernel's process, grants and all. */
  readonly kernel: PluginKernel
  readonly desk: SqlDesk
  readonly sockets: SocketTable
  readonly sources: Map<string, ChannelSource>
  readonly calls: ReadonlyMap<number, Call<Route>>
  tell(method: string, args: unknown[]): void
  onFlood(): void
}

type ChannelSource = Parameters<PluginKernel['channels']['provide']>[1]
type AnyFunction = (...args: unknown[]) => unknown

const ASKED_MAX = 1_000
const LINES_MAX = 200
const TEXT_MAX = 8_000
const FETCHED_MAX_BYTES = 16 * 1024 * 1024
const levels: ReadonlySet<unknown> = new Set(['info', 'warn', 'error'])

/** What one runner may have the kernel do. Whatever it says is taken for a stranger's word. */
export class KernelBridge {
  readonly #parts: BridgeParts
  #asked = 0
  #lines = 0
  #linesSinceMs = 0

  constructor(parts: BridgeParts) {
    this.#parts = parts
  }

  async serve(method: string, args: unknown[]): Promise<unknown> {
    if (this.#asked >= ASKED_MAX) this.#parts.onFlood()
    this.#asked += 1
    try {
      return await this.#answer(method, args)
    } finally {
      this.#asked -= 1
    }
  }

  #answer(method: string, args: unknown[]): unknown {
    const { desk, sockets } = this.#parts
    const [first, second, third] = args
    switch (method) {
      case 'sql.run':
        return desk.run(first as Statement)
      case 'sql.begin':
        return desk.begin(Number(first), String(second))
      case 'sql.end':
        return desk.end(Number(first), second === 'commit' ? 'commit' : 'rollback')
      case 'log':
        return this.#log(first, String(second), third)
      case 'fetch':
        return this.#fetch(first as FetchMessage, second)
      case 'call.watch':
        return this.#watch(Number(first))
      case 'call.call':
        return this.#call(Number(first)).call({ action: String(second) } as Route, third as never)
      case 'socket.send':
        return sockets.find(first)?.send(second)
      case 'socket.keep':
        return sockets.find(first)?.keep(second)
      case 'socket.close':
        return sockets.find(first)?.close(second as number | undefined, third as string | undefined)
      case 'channels.provide':
        return this.#provide(String(first), second as ChannelSource)
      default:
        return this.#bridged(method, args)
    }
  }

  #log(level: unknown, message: string, data: unknown): void {
    const now = performance.now()
    if (now - this.#linesSinceMs > 1_000) {
      this.#linesSinceMs = now
      this.#lines = 0
    }
    this.#lines += 1
    const { log } = this.#parts.kernel
    if (this.#lines === LINES_MAX) log.warn('it logs too much: what comes in this second is left out')
    if (this.#lines >= LINES_MAX || !levels.has(level)) return
    const facts = Object.entries((data ?? {}) as object).map(([name, value]) => [name, short(value)])
    log[level as 'info'](message.slice(0, TEXT_MAX), data ? (Object.fromEntries(facts) as object) : undefined)
  }

  #bridged(method: string, args: unknown[]): unknown {
    if (!isBridged(method)) throw new Error(`${method} is nothing a plugin may ask for.`)
    const { kernel, desk } = this.#parts
    const [group, name] = method.split('.') as [keyof PluginKernel, string?]
    const owner = (name === undefined ? kernel : kernel[group]) as unknown as Record<string, AnyFunction>
    const call = owner[name ?? group] as AnyFunction
    const trx = args.find(isTransaction)
    if (trx === undefined || bridgeMethods[method] !== 'ask') return call.apply(owner, args)
    // What the kernel writes in the plugin's transaction it writes with its own rights.
    return desk.lent(trx, async () => call.apply(owner, args))
  }

  /** A plugin that is started again provides again; the kernel keeps the first and asks whoever is there. */
  #provide(name: string, source: ChannelSource): void {
    const { kernel, sources } = this.#parts
    const isNew = !sources.has(name)
    sources.set(name, source)
    if (!isNew) return
    try {
      kernel.channels.provide(name, (subscription) => (sources.get(name) as ChannelSource)(subscription))
    } catch (error) {
      sources.delete(name)
      throw error
    }
  }

  #call(id: number): Call<Route> {
    const call = this.#parts.calls.get(id)
    if (!call) throw new Error('The call is over.')
    return call
  }

  #watch(id: number): void {
    const { signal } = this.#call(id)
    const tell = (): void => this.#parts.tell('call.abort', [id])
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell, { once: true })
  }

  async #fetch(
    { url, method, headers, body, redirect }: FetchMessage,
    signal: unknown,
  ): Promise<FetchAnswer> {
    const response = await this.#parts.kernel.fetch(url, {
      method,
      redirect,
      headers: headers as [string, string][],
      ...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
      ...(signal instanceof AbortSignal ? { signal } : {}),
    })
    return {
      url: response.url,
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
      body: response.body ? await bytes(response) : null,
    }
  }
}

function short(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX) : value
}

async function bytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > FETCHED_MAX_BYTES) throw new Error(`The answer is larger than ${FETCHED_MAX_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function isTransaction(value: unknown): boolean {
  return typeof value === 'function' && (value as { readonly isTransaction?: boolean }).isTransaction === true
}
