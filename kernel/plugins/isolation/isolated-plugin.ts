import type { Call, Implementation } from '../../broker/index.ts'
import { refusals, type RefusalDeclaration, type Route } from '../../contract/index.ts'
import { within } from '../deadline.ts'
import type { Vitals } from '../generation.ts'
import type { PluginHost } from '../host.ts'
import type { PluginKernel, PluginServer } from '../plugin-server.ts'
import { pluginsRefusals } from '../refusals.ts'
import type { Body } from './body.ts'
import type { Fault, IsolationLimits } from './fault.ts'
import { KernelBridge } from './kernel-bridge.ts'
import { Life } from './life.ts'
import type { CallMessage, StartedMessage, StartMessage } from './messages.ts'
import { RestartPlan } from './restart-plan.ts'
import { remoteExtensions } from './remote-extensions.ts'
import { SocketTable } from './socket-table.ts'
import { openStatements, type Statements } from './statements.ts'

export interface IsolatedOptions {
  readonly host: PluginHost
  readonly plugin: {
    readonly manifest: Parameters<typeof openStatements>[1]
    readonly bundle: StartMessage['bundle']
    readonly directory: string
  }
  readonly tier: 'worker' | 'process'
  readonly number: number
  readonly timeoutMs: number
  readonly limits: IsolationLimits
  newBody(): Promise<Body>
}

const DISPOSE_MS = 5_000

/**
 * A plugin's code in a runner. To the rest of the kernel it is a `PluginServer` like any other, which stays while the
 * runner behind it may fail and be started again; what was on its way then is refused as `plugins.runner_restarted`.
 */
export class IsolatedPlugin {
  readonly #options: IsolatedOptions
  readonly #plan: RestartPlan
  readonly #sockets = new SocketTable()
  readonly #calls = new Map<number, Call<Route>>()
  readonly #sources = new Map<string, Parameters<PluginKernel['channels']['provide']>[1]>()
  readonly #listeners: ((fault: Fault) => void)[] = []
  #kernel: PluginKernel | undefined
  #statements: Statements | undefined
  #life: Life | undefined
  #starting: Life | undefined
  #count = 0
  #hasBegun = false
  #isDisposed = false
  #isServing = false
  #clockOffsetMs = 0
  #lastFault: Fault | undefined

  constructor(options: IsolatedOptions) {
    this.#options = options
    this.#plan = new RestartPlan(options.limits, () => this.#restart())
  }

  onFault(listener: (fault: Fault) => void): void {
    this.#listeners.push(listener)
  }

  get vitals(): Vitals {
    return {
      isRunning: this.#life !== undefined,
      heapBytes: this.#life?.heapBytes ?? null,
      restarts: this.#plan.restarts,
      lastFault: this.#lastFault ?? null,
    }
  }

  /** In the place of the plugin's own `start`. */
  async start(kernel: PluginKernel): Promise<PluginServer> {
    const { host, plugin, tier } = this.#options
    this.#kernel = kernel
    kernel.onDispose(() => this.#dispose())
    this.#statements = await openStatements(host, plugin.manifest, tier)
    const started = await this.#live()
    this.#isServing = true
    this.#followKernel(kernel)
    declareRefusals(plugin.manifest.id, started)
    return {
      implementations: plugin.manifest.routes
        .filter(({ action }) => started.actions.includes(action))
        .map((route) => this.#implementation(route as Route)),
      ...(started.hasHealth ? { health: async () => void (await this.#ask('health', [])) } : {}),
      ...remoteExtensions(started, (method, args, kind) => this.#ask(method, args, kind), this.#sockets),
    }
  }

  /** What the runner cannot see happen by itself. */
  #followKernel(kernel: PluginKernel): void {
    kernel.background('runner', async (signal) => {
      this.#hasBegun = true
      this.#life?.peer.tell('begin', [])
      await aborted(signal)
      this.#hasBegun = false
      await this.#life?.peer.ask('endLoops', [DISPOSE_MS]).catch(() => undefined)
    })
    kernel.onSettingsChange((values) => this.#life?.peer.tell('settings', [{ ...values }]))
    if (this.#options.plugin.manifest.grants?.engineMarkets) {
      kernel.exchange.onReservationChange(
        (marketId, isReserved) => this.#life?.peer.tell('reserved', [marketId, isReserved]),
        kernel.signal,
      )
    }
  }

  #implementation(route: Route): Implementation<never> {
    const handler = async (call: Call<Route>): Promise<unknown> => {
      this.#count += 1
      const id = this.#count
      const { params, principal, requestId, idempotencyKey, client } = call
      const message: CallMessage = {
        id,
        action: route.action,
        params,
        principal,
        requestId,
        idempotencyKey,
        client: client && {
          address: client.address,
          userAgent: client.userAgent,
          sessionId: client.sessionId,
          isSecure: client.isSecure,
        },
      }
      this.#calls.set(id, call)
      try {
        const [result, headers] = (await this.#ask('handle', [message])) as [unknown, [string, string][]]
        for (const [name, value] of headers) client?.setHeader(name, value)
        return result
      } finally {
        this.#calls.delete(id)
      }
    }
    return { route, handler: handler as Implementation<never>['handler'] }
  }

  #ask(method: string, args: unknown[], kind?: 'ask' | 'tell'): Promise<unknown> {
    const life = this.#life
    if (!life) return Promise.reject(this.#gone())
    this.#tellTime(life)
    return life.peer.ask(method, args, kind)
  }

  /** Time is the kernel's: whoever moves its clock moves the plugin's before the next call. */
  #tellTime(life: Life): void {
    const offsetMs = this.#offsetMs()
    if (Math.abs(offsetMs - this.#clockOffsetMs) < 100) return
    this.#clockOffsetMs = offsetMs
    life.peer.tell('clock', [offsetMs])
  }

  #offsetMs(): number {
    return (this.#kernel?.clock.now().getTime() ?? Date.now()) - Date.now()
  }

  #gone(): Error {
    return pluginsRefusals.runner_restarted({ pluginId: this.#options.plugin.manifest.id })
  }

  /** A runner from nothing to serving. It takes the place of the one before only when it has started. */
  async #live(): Promise<StartedMessage> {
    const { limits, timeoutMs } = this.#options
    const kernel = this.#kernel as PluginKernel
    const statements = this.#statements as Statements
    const body = await this.#options.newBody()
    const desk = statements.desk()
    const bridge = new KernelBridge({
      kernel,
      desk,
      sockets: this.#sockets,
      sources: this.#sources,
      calls: this.#calls,
      tell: (method, args) => life.peer.tell(method, args),
      onFlood: () => life.flood('It had more than a thousand questions at once.'),
    })
    const life: Life = new Life({
      body,
      limits,
      peer: {
        serve: (method, args) => bridge.serve(method, args),
        transaction: (id) => desk.transaction(id),
        onError: (error) => kernel.log.warn('a message of its runner could not be taken in', { error }),
      },
      goneReason: () => this.#gone(),
      onFault: (fault) => {
        void desk.close()
        this.#fault(fault, life)
      },
    })
    this.#starting = life
    try {
      if (this.#isDisposed) throw new Error('It was disposed while it started.')
      await life.ready(timeoutMs)
      const started = (await life.peer.ask('start', [await this.#startMessage(kernel)])) as StartedMessage
      this.#life = life
      return started
    } catch (error) {
      await life.end()
      await desk.close()
      const fault = this.#lastFault
      const { type } = error as { readonly type?: string }
      if (type !== pluginsRefusals.runner_restarted.code || !fault) throw error
      throw new Error(`Its runner failed while it started (${fault.kind}): ${fault.message}`, {
        cause: error,
      })
    } finally {
      this.#starting = undefined
    }
  }

  async #startMessage(kernel: PluginKernel): Promise<StartMessage> {
    const { plugin, number } = this.#options
    const { manifest, directory } = plugin
    const { code, map, hash } = plugin.bundle
    const markets = manifest.grants?.engineMarkets ? await kernel.exchange.markets() : []
    this.#clockOffsetMs = this.#offsetMs()
    return {
      pluginId: manifest.id,
      generation: number,
      isDemo: kernel.isDemo,
      bundle: { code, map, hash },
      directory,
      settings: { ...kernel.settings },
      reserved: markets.map(({ id }) => id).filter((id) => kernel.exchange.isReserved(id)),
      clockOffsetMs: this.#clockOffsetMs,
    }
  }

  #fault(fault: Fault, life: Life): void {
    this.#lastFault = fault
    if (life === this.#life) this.#life = undefined
    if (this.#isDisposed || !this.#isServing) return
    this.#report(fault)
    if (life !== this.#starting) this.#planRestart()
  }

  #planRestart(): void {
    if (this.#isDisposed || this.#plan.next()) return
    const { faultsMax } = this.#options.limits
    const message = `It failed ${faultsMax} times; the last time: ${this.#lastFault?.message ?? ''}`
    this.#report({ kind: 'quarantine', message, at: new Date() })
  }

  #report(fault: Fault): void {
    this.#kernel?.log.error(`the runner failed (${fault.kind})`, { reason: fault.message })
    for (const listener of this.#listeners) listener(fault)
  }

  async #restart(): Promise<void> {
    try {
      await this.#live()
      if (this.#isDisposed) return await this.#dispose()
      this.#plan.succeeded()
      if (this.#hasBegun) (this.#life as Life | undefined)?.peer.tell('begin', [])
      this.#sockets.resume((method, args) => this.#ask(method, args))
      this.#kernel?.log.info('the runner serves again')
    } catch (error) {
      if (this.#isDisposed) return
      const message = error instanceof Error ? error.message : String(error)
      this.#lastFault = { kind: 'crash', message, at: new Date() }
      this.#report(this.#lastFault)
      this.#planRestart()
    }
  }

  async #dispose(): Promise<void> {
    this.#isDisposed = true
    this.#plan.stop()
    const life = this.#life
    this.#life = undefined
    if (life)
      await within(
        life.peer.ask('dispose', []).catch(() => undefined),
        DISPOSE_MS,
        () => undefined,
      )
    await Promise.all([life?.end(), this.#starting?.end()])
    await this.#statements?.end()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Its refusals are in the catalogue of problems as if its code ran here, but only those of its own name. */
function declareRefusals(pluginId: string, started: StartedMessage): void {
  const own = started.refusals.filter(({ code }) => code.startsWith(`${pluginId}.`))
  const declarations: readonly (readonly [string, RefusalDeclaration])[] = own.map(
    ({ code, ...declaration }) => [code.slice(pluginId.length + 1), declaration],
  )
  refusals(pluginId, Object.fromEntries(declarations))
}
