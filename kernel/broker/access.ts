import type { ActionSchema, Context, Middleware } from 'moleculer'
import type { Access } from '../contract/index.ts'
import type { Principal } from './implementation.ts'
import { platformRefusals } from './refusals.ts'

/**
 * Throws unless the principal may do what asks for `access`: the one place where permissions are decided. A program's key
 * opens only what names a scope that it was given.
 */
export function assertAccess(access: Access, principal: Principal, scope?: string): void {
  if (access === 'public' || principal.kind === 'system') return
  if (principal.kind === 'anonymous') throw platformRefusals.sign_in_required()
  if (access !== 'signedIn' && !principal.permissions.has(access))
    throw platformRefusals.permission_missing({ permission: access })
  const { apiKey } = principal
  if (apiKey && (scope === undefined || !apiKey.scopes.has(scope)))
    throw platformRefusals.scope_missing({ scope: scope ?? null })
}

/** Throws where what an action belongs to is closed to the caller for a while. */
export type AssertOpen = (
  route: { readonly action: string; readonly isRead: boolean },
  principal: Principal,
) => void

/** Stands in front of every action that comes from a route, whoever calls it: HTTP, sockets or other services. */
export function accessMiddleware(assertOpen: AssertOpen): Middleware {
  return {
    name: 'Access',
    localAction: (handler: (ctx: Context) => Promise<unknown>, action: ActionSchema) => {
      const {
        permission: access,
        isRead = false,
        scope,
      } = action as { permission?: Access; isRead?: boolean; scope?: string }
      if (access === undefined) return handler
      const route = { action: String(action.name), isRead }
      return (ctx: Context<unknown, { principal?: Principal }>): Promise<unknown> => {
        const principal = ctx.meta.principal ?? { kind: 'anonymous' }
        try {
          assertAccess(access, principal, scope)
          assertOpen(route, principal)
        } catch (error) {
          return Promise.reject(error as Error)
        }
        return handler(ctx)
      }
    },
  }
}
