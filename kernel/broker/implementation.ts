import type { ParamsOf, ResultOf, Route } from '../contract/index.ts'

/** Who is calling. `system` is the kernel itself and the operator's command on this machine. */
export type Principal = { readonly kind: 'anonymous' } | { readonly kind: 'system' } | UserPrincipal

export interface UserPrincipal {
  readonly kind: 'user'
  readonly userId: string
  readonly permissions: ReadonlySet<string>
  /** Set where a program of the user's calls, which may do no more than its key allows. */
  readonly apiKey?: { readonly id: string; readonly scopes: ReadonlySet<string> }
}

/** A file on its way in. Nothing of it was read before the caller's permission was checked. */
export interface Upload {
  /** Can be read once. Throws a refusal when more comes than the route allows, or less than was announced. */
  read(): AsyncIterable<Buffer>
}

/** Where a call came in from, as far as the gateway knows; calls inside the kernel carry none. */
export interface Client {
  readonly address: string
  readonly userAgent: string
  /** Names the caller's session without letting anybody use it. */
  readonly sessionId: string | null
  /** The connection is encrypted, here or at the proxy in front. */
  readonly isSecure: boolean
  /** The request's body where its route says that it is a file. */
  readonly upload?: Upload | undefined
  /** Sets a header of the HTTP answer. */
  setHeader(name: string, value: string): void
}

declare const keyed: unique symbol

/** An answer that was made under the request's idempotency key: `call.once` makes them. */
export type Keyed<T> = T & { readonly [keyed]: true }

/** What the route's handler must answer: where repeats are the handler's to recognise, nothing made without the key. */
export type AnswerOf<X extends Route> = 'handler' extends X['idempotency'] ? Keyed<ResultOf<X>> : ResultOf<X>

/** What a handler gets. */
export interface Call<X extends Route> {
  readonly params: ParamsOf<X>
  readonly principal: Principal
  /** The signed-in user's id. A bug to read it in a `public` route. */
  readonly userId: string
  readonly requestId: string
  /** Set when the route asks for one. */
  readonly idempotencyKey: string
  /**
   * How a handler that recognises repeats itself answers: `work` hands the key to what has the effect. Its answer must
   * be the same for every repeat, on any node and after any restart.
   */
  once<T>(work: (key: string) => Promise<T>): Promise<Keyed<T>>
  /** Aborted when the caller is gone or the generation is drained. */
  readonly signal: AbortSignal
  /** Undefined when the call was made inside the kernel. */
  readonly client: Client | undefined
  /** Calls another route as the same principal. */
  call<Y extends Route>(route: Y, params: ParamsOf<Y>): Promise<ResultOf<Y>>
}

/** A route and the code behind it; `Implementation<never>` is one of any route. */
export interface Implementation<X extends Route = Route> {
  readonly route: Route
  readonly handler: (call: Call<X>) => Promise<unknown>
}

/** Binds the code behind a route to its declaration; `call.params` and the result are typed by the route. */
export function implement<X extends Route>(
  route: X,
  handler: (call: Call<X>) => Promise<AnswerOf<X>>,
): Implementation<X> {
  return { route, handler }
}
