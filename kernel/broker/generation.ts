import type { Context } from 'moleculer'
import type { ParamsOf, ResultOf, Route } from '../contract/index.ts'
import { assertKey, type Idempotency } from './idempotency.ts'
import type { Call, Client, Implementation, Keyed, Principal } from './implementation.ts'
import { traced } from '../tracing/index.ts'
import { checkOf, type Check } from './validator.ts'
import type { Replaced } from './replaced.ts'

/** What travels beside the parameters of a call. Only the broker writes it. */
export interface CallMeta {
  readonly principal: Principal
  readonly requestId: string
  readonly idempotencyKey: string
}

/** What a call carries inside one process, where it need not be JSON. */
export interface LocalCallOptions {
  readonly signal?: AbortSignal | undefined
  readonly client?: Client | undefined
}

export type RouteContext = Context<unknown, CallMeta> & { readonly options: LocalCallOptions }

export type CallRoute = <Y extends Route>(
  route: Y,
  params: ParamsOf<Y>,
  options: Omit<CallMeta, 'idempotencyKey'> & { readonly idempotencyKey?: string } & LocalCallOptions,
) => Promise<ResultOf<Y>>

/** Told of every call when it is over. */
export type CallObserver = (action: string, durationMs: number, error?: unknown) => void

export interface GenerationOptions {
  readonly observe: CallObserver
  readonly callRoute: CallRoute
  readonly idempotency: Idempotency
  readonly checkResults: boolean
}

interface Served {
  readonly implementation: Implementation
  readonly checkResult: Check
}

/** Everything an owner serves at one time. Calls stay with the generation they entered. */
export class Generation implements Replaced {
  readonly #served = new Map<string, Served>()
  readonly #options: GenerationOptions
  readonly #aborts = new Set<AbortController>()
  readonly #idle: (() => void)[] = []
  #inFlight = 0

  constructor(implementations: readonly Implementation<never>[], options: GenerationOptions) {
    this.#options = options
    for (const entry of implementations) {
      const implementation = entry as unknown as Implementation
      const { route } = implementation
      if (this.#served.has(route.action)) throw new Error(`${route.action} is implemented twice.`)
      if (route.idempotency !== undefined && route.permission === 'public') {
        throw new Error(`${route.action} needs a caller: idempotency keys belong to somebody.`)
      }
      this.#served.set(route.action, { implementation, checkResult: checkOf(route.result) })
    }
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** In order of action names, so that equal contracts have equal text. */
  get routes(): readonly Route[] {
    const routes = [...this.#served.values()].map(({ implementation }) => implementation.route)
    return routes.sort((left, right) => (left.action < right.action ? -1 : 1))
  }

  async run(action: string, ctx: RouteContext): Promise<unknown> {
    const served = this.#served.get(action)
    if (!served) throw new Error(`${action} is not served.`)
    this.#inFlight += 1
    let abort: AbortController | undefined
    const signal = (): AbortSignal => (abort ??= this.#abortFor(ctx.options.signal)).signal
    const beganMs = performance.now()
    const { observe } = this.#options
    try {
      const result = await traced(action, { 'cambium.action': action }, () =>
        this.#serve(served, ctx, signal),
      )
      observe(action, performance.now() - beganMs)
      return result
    } catch (error) {
      observe(action, performance.now() - beganMs, error)
      throw error
    } finally {
      if (abort) this.#aborts.delete(abort)
      this.#inFlight -= 1
      if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve()
    }
  }

  async drained(deadlineMs: number): Promise<boolean> {
    if (this.#inFlight === 0) return true
    const idle = Promise.withResolvers<boolean>()
    this.#idle.push(() => idle.resolve(true))
    const timer = setTimeout(() => {
      for (const abort of this.#aborts) abort.abort(new Error('This generation of the code is gone.'))
      idle.resolve(false)
    }, deadlineMs)
    try {
      return await idle.promise
    } finally {
      clearTimeout(timer)
    }
  }

  async #serve(served: Served, ctx: RouteContext, signal: () => AbortSignal): Promise<unknown> {
    const { route, handler } = served.implementation
    const call = this.#call(ctx, signal)
    if (route.idempotency !== undefined) assertKey(call.idempotencyKey)
    const work = (): Promise<unknown> => handler(call)
    const result =
      route.idempotency === 'required'
        ? await this.#options.idempotency.once(
            {
              scope: scopeOf(call.principal),
              key: call.idempotencyKey,
              action: route.action,
              params: call.params,
            },
            work,
          )
        : await work()
    if (this.#options.checkResults) assertResult(route, served.checkResult(result))
    return result
  }

  #call(ctx: RouteContext, signal: () => AbortSignal): Call<Route> {
    const { principal, requestId, idempotencyKey } = ctx.meta
    const { callRoute } = this.#options
    const { client } = ctx.options
    return {
      params: ctx.params as ParamsOf<Route>,
      principal,
      requestId,
      idempotencyKey,
      client,
      once: async <T>(work: (key: string) => Promise<T>) => {
        if (work.length === 0) throw new Error('What runs once must take the key and hand it on.')
        return (await work(idempotencyKey)) as Keyed<T>
      },
      get userId() {
        if (principal.kind === 'user') return principal.userId
        throw new Error('This call has no user: its principal must be looked at first.')
      },
      get signal() {
        return signal()
      },
      call: (route, params) =>
        callRoute(route, params, {
          principal,
          requestId,
          client,
          signal: ctx.options.signal,
          // One key a called route: the outer call's own would look like a repeat with other inputs.
          ...(idempotencyKey === '' ? {} : { idempotencyKey: `${idempotencyKey}/${route.action}` }),
        }),
    }
  }

  /** Made only for calls that look at their signal: most are over before anybody could abort them. */
  #abortFor(callerSignal: AbortSignal | undefined): AbortController {
    const abort = new AbortController()
    this.#aborts.add(abort)
    if (callerSignal?.aborted) abort.abort(callerSignal.reason)
    callerSignal?.addEventListener('abort', () => abort.abort(callerSignal.reason), { once: true })
    return abort
  }
}

function scopeOf(principal: Principal): string {
  return principal.kind === 'user' ? `user:${principal.userId}` : principal.kind
}

function assertResult(route: Route, errors: ReturnType<Check>): void {
  if (errors.length === 0) return
  const faults = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join(', ')
  throw new Error(`${route.action} answers what its route does not declare: ${faults}`)
}
