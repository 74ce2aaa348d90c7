import type { Static, TObject, TSchema } from 'typebox'

/** Who may call a route: anyone, any signed-in user, or holders of a named permission. */
export type Access = 'public' | 'signedIn' | `${string}.${string}.${string}`

export interface RateLimit {
  readonly points: number
  readonly durationSeconds: number
  /** Counted per signed-in user where there is one; `address` counts per client address always. */
  readonly per: 'user' | 'address'
}

export interface RouteDeclaration<P extends TObject, R extends TSchema> {
  /** Moleculer action, `owner.resources.verb`. */
  readonly action: string
  /** `METHOD /path`, the path below `/api`, parameters as `:name`. */
  readonly rest: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  readonly summary: string
  readonly description?: string
  readonly permission: Access
  readonly params: P
  readonly result: R
  /** Codes of every refusal a caller has to expect, beside validation and permission. */
  readonly errors: readonly string[]
  /** `required`: the caller sends an `Idempotency-Key`; a repeat answers what the first call answered. */
  readonly idempotency?: 'required'
  readonly rateLimit?: RateLimit
}

export interface Route<P extends TObject = TObject, R extends TSchema = TSchema> extends RouteDeclaration<
  P,
  R
> {
  readonly method: string
  readonly path: string
}

export type ParamsOf<X extends Route> = Static<X['params']>
export type ResultOf<X extends Route> = Static<X['result']>

/**
 * Declares an endpoint once. Validation, handler and client types, the HTTP route, the permission check,
 * rate limit, idempotency and the API documentation are all derived from it.
 */
export function route<P extends TObject, R extends TSchema>(
  declaration: RouteDeclaration<P, R>,
): Route<P, R> {
  const [method, path] = declaration.rest.split(' ') as [string, string]
  return Object.freeze({ ...declaration, method, path })
}
