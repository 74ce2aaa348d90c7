import createRouter, { type HTTPMethod } from 'find-my-way'
import type { Route } from '../contract/index.ts'

export type Match =
  | {
      readonly kind: 'route'
      readonly route: Route
      readonly pathParams: Readonly<Record<string, string | undefined>>
    }
  | { readonly kind: 'methods'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' }

/** All routes at one time. It never changes: another set of routes is another epoch, and a request keeps the one it met. */
export interface Epoch {
  readonly routesByOwner: ReadonlyMap<string, readonly Route[]>
  /** `path` is below `/api`, without a query. */
  match(method: string, path: string): Match
  /** The route that shows what this one changes. */
  shownBy(route: Route): Route | undefined
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies HTTPMethod[]

const unused = (): void => undefined

export function createEpoch(routesByOwner: ReadonlyMap<string, readonly Route[]>): Epoch {
  const router = createRouter({ ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 200 })
  for (const [owner, routes] of routesByOwner) {
    for (const route of routes) {
      const taken = router.findRoute(route.method as HTTPMethod, route.path)
      if (taken) throw new Error(`${owner} wants ${route.method} ${route.path}, which is taken.`)
      router.on(route.method as HTTPMethod, route.path, unused, route)
    }
  }

  const all = [...routesByOwner.values()].flat()
  const byAction = new Map(all.map((route) => [route.action, route]))

  return {
    routesByOwner,
    shownBy(route) {
      if (route.method === 'GET') return undefined
      if (route.shownBy !== undefined) return byAction.get(route.shownBy)
      const found = all.find(({ method, path }) => method === 'GET' && path === route.path)
      // A list shows everything that is there, not what was changed.
      const { properties = {} } = (found?.result ?? {}) as { readonly properties?: object }
      return 'items' in properties ? undefined : found
    },
    match(method, path) {
      const found = router.find(method as HTTPMethod, path)
      if (found) return { kind: 'route', route: found.store as Route, pathParams: found.params }
      const allowed = methods.filter((other) => router.find(other, path) !== null)
      return allowed.length > 0 ? { kind: 'methods', allowed } : { kind: 'none' }
    },
  }
}
