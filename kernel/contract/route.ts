import type { Static, TObject, TSchema } from 'typebox'

/** Who may call a route: anyone, any signed-in user, or holders of a named permission. */
export type Access = 'public' | 'signedIn' | `${string}.${string}.${string}`

export interface RateLimit {
  readonly points: number
  readonly durationSeconds: number
  /** Counted per signed-in user where there is one; `address` counts per client address always. */
  readonly per: 'user' | 'address'
}

/**
 * What an `Idempotency-Key` does. `required`: the platform keeps the first answer and repeats it. `handler`: the handler
 * passes the key to what recognises it, so that a repeat runs the handler again, has no second effect and answers the same.
 */
export type Idempotency = 'required' | 'handler'

/** A body that is a file rather than JSON: the parameters are in path and query then, and the handler reads the file. */
export interface FileBody {
  readonly mediaType: string
  readonly bytesMax: number
}

export interface RouteDeclaration<
  P extends TObject,
  R extends TSchema,
  I extends Idempotency | undefined = Idempotency | undefined,
> {
  /** Moleculer action, `owner.resources.verb`. */
  readonly action: string
  /** `METHOD /path`, the path below `/api`, parameters as `:name`. */
  readonly rest: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  readonly summary: string
  readonly description?: string
  readonly permission: Access
  /** What a program's API key must be allowed to call it, beside the user's permission; without one no key opens it. */
  readonly scope?: string
  readonly params: P
  readonly result: R
  /** Codes of every refusal a caller has to expect, beside validation and permission. */
  readonly errors: readonly string[]
  /** The caller sends an `Idempotency-Key`; a repeat answers what the first call answered. */
  readonly idempotency?: I
  readonly rateLimit?: RateLimit
  /**
   * The caller has signed in, or confirmed who they are, within the last ten minutes; otherwise
   * `identity.confirmation_needed` is answered, and the page asks.
   */
  readonly isSensitive?: true
  readonly body?: FileBody
  /** The result names a file of the kernel's, `{ name, file }`, and the caller is sent its bytes. */
  readonly answer?: 'file'
  /** It only looks, or works something out, though it is no `GET`: the audit has no line of it. */
  readonly changesNothing?: true
  /** The action of the route that shows what this one changes, for the audit; the `GET` of the same path unless said. */
  readonly shownBy?: string
  /** Parameters that the audit leaves out, because secrets may be in them. */
  readonly unaudited?: readonly string[]
  /** A list of the item's members that have a line each when the list is had as a file. */
  readonly csvRows?: string
}

export interface Route<
  P extends TObject = TObject,
  R extends TSchema = TSchema,
  I extends Idempotency | undefined = Idempotency | undefined,
> extends RouteDeclaration<P, R, I> {
  readonly method: string
  readonly path: string
}

export type ParamsOf<X extends Route> = Static<X['params']>
export type ResultOf<X extends Route> = Static<X['result']>

/**
 * Declares an endpoint once. Validation, handler and client types, the HTTP route, the permission check,
 * rate limit, idempotency and the API documentation are all derived from it.
 */
export function route<P extends TObject, R extends TSchema, I extends Idempotency | undefined = undefined>(
  declaration: RouteDeclaration<P, R, I>,
): Route<P, R, I> {
  const [method, path] = declaration.rest.split(' ') as [string, string]
  return Object.freeze({ ...declaration, method, path })
}
