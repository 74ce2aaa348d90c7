import type { ActionSchema, Context, Middleware } from 'moleculer'
import type { Access } from '../contract/index.ts'
import type { Principal } from './implementation.ts'
import { platformRefusals } from './refusals.ts'

/** Throws unless the principal may do what asks for `access`: the one place where permissions are decided. */
export function assertAccess(access: Access, principal: Principal): void {
  if (access === 'public' || principal.kind === 'system') return
  if (principal.kind === 'anonymous') throw platformRefusals.sign_in_required()
  if (access === 'signedIn' || principal.permissions.has(access)) return
  throw platformRefusals.permission_missing({ permission: access })
}

/** Stands in front of every action that comes from a route, whoever calls it: HTTP, sockets or other services. */
export const accessMiddleware: Middleware = {
  name: 'Access',
  localAction: (handler: (ctx: Context) => Promise<unknown>, action: ActionSchema) => {
    const { permission: access } = action as { permission?: Access }
    if (access === undefined) return handler
    return (ctx: Context<unknown, { principal?: Principal }>): Promise<unknown> => {
      try {
        assertAccess(access, ctx.meta.principal ?? { kind: 'anonymous' })
      } catch (error) {
        return Promise.reject(error as Error)
      }
      return handler(ctx)
    }
  },
}
