import type { Knex } from 'knex'
import type { PermissionDeclaration } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import { identityRefusals } from './refusals.ts'
import type { Permission } from './routes.ts'

export interface Roles {
  /**
   * Makes an owner's permissions known. One seen for the first time is given to the roles it names; what an operator
   * has decided about it since then stays.
   */
  define(owner: string, permissions: readonly PermissionDeclaration[]): Promise<void>
  /** Takes an owner's permissions away, and from every role that holds them. */
  forgetOwner(owner: string): Promise<void>
  permissionsOf(roleIds: readonly string[]): Promise<ReadonlySet<string>>
  assertExists(roleId: string): Promise<void>
  /** Ids of everybody who may do what asks for the permission. */
  holdersOf(permission: string): Promise<readonly string[]>
  /** Every role, and every permission with the roles that hold it. */
  overview(): Promise<{ roles: string[]; items: Permission[] }>
  /** Reads everything anew when next asked. */
  forget(): void
}

interface PermissionRow {
  id: string
  owner: string
  title: string
}

interface Grant {
  role_id: string
  permission_id: string
}

type PermissionsByRole = ReadonlyMap<string, ReadonlySet<string>>

const CACHE_MS = 3_000

async function define(
  trx: Knex.Transaction,
  owner: string,
  permissions: readonly PermissionDeclaration[],
): Promise<void> {
  const known = await trx<PermissionRow>('permissions').whereIn(
    'id',
    permissions.map(({ id }) => id),
  )
  const stranger = known.find((row) => row.owner !== owner)
  if (stranger)
    throw new Error(`The permission ${stranger.id} belongs to ${stranger.owner}, not to ${owner}.`)
  const knownIds = new Set(known.map(({ id }) => id))
  await trx<PermissionRow>('permissions')
    .insert(permissions.map(({ id, title }) => ({ id, owner, title })))
    .onConflict('id')
    .merge(['title'])
  // The role `admin` holds everything by definition, not by rows.
  const grants = permissions
    .filter(({ id, roles }) => !knownIds.has(id) && roles.includes('user'))
    .map(({ id }) => ({ role_id: 'user', permission_id: id }))
  if (grants.length > 0) await trx<Grant>('role_permissions').insert(grants).onConflict().ignore()
}

export function createRoles(database: Knex): Roles {
  let cached: { readonly untilMs: number; readonly byRole: Promise<PermissionsByRole> } | undefined
  const united = new Map<string, ReadonlySet<string>>()

  async function load(): Promise<PermissionsByRole> {
    const [permissions, grants] = await Promise.all([
      database<PermissionRow>('permissions').select('id'),
      database<Grant>('role_permissions').select(),
    ])
    const byRole = new Map<string, Set<string>>([['admin', new Set(permissions.map(({ id }) => id))]])
    for (const { role_id: roleId, permission_id: permissionId } of grants) {
      const held = byRole.get(roleId) ?? new Set()
      byRole.set(roleId, held.add(permissionId))
    }
    return byRole
  }

  function forget(): void {
    cached = undefined
    united.clear()
  }

  function byRole(): Promise<PermissionsByRole> {
    if (cached && cached.untilMs > performance.now()) return cached.byRole
    forget()
    const loading = load()
    loading.catch(forget)
    cached = { untilMs: performance.now() + CACHE_MS, byRole: loading }
    return loading
  }

  return {
    forget,
    async define(owner, permissions) {
      if (permissions.length > 0) await transaction(database, (trx) => define(trx, owner, permissions))
      forget()
    },
    async forgetOwner(owner) {
      await transaction(database, async (trx) => {
        const own = trx<PermissionRow>('permissions').where({ owner }).select('id')
        await trx<Grant>('role_permissions').whereIn('permission_id', own).delete()
        await trx<PermissionRow>('permissions').where({ owner }).delete()
      })
      forget()
    },
    async permissionsOf(roleIds) {
      const held = await byRole()
      // Users with the same roles share one set.
      const name = [...roleIds].sort().join(' ')
      const union = united.get(name) ?? new Set(roleIds.flatMap((roleId) => [...(held.get(roleId) ?? [])]))
      united.set(name, union)
      return union
    },
    async holdersOf(permission) {
      const held = [...(await byRole())].filter(([, own]) => own.has(permission)).map(([roleId]) => roleId)
      const rows = await database('user_roles').whereIn('role_id', held).distinct('user_id')
      return (rows as { user_id: string }[]).map((row) => String(row.user_id))
    },
    async overview() {
      const [roles, permissions, held] = await Promise.all([
        database<{ id: string }>('roles').select('id').orderBy('id'),
        database<PermissionRow>('permissions').select().orderBy(['owner', 'id']),
        byRole(),
      ])
      const roleIds = roles.map(({ id }) => id)
      const items = permissions.map(({ id, owner, title }) => ({
        id,
        owner,
        title,
        roles: roleIds.filter((roleId) => held.get(roleId)?.has(id)),
      }))
      return { roles: roleIds, items }
    },
    async assertExists(roleId) {
      const row = await database<{ id: string }>('roles').where({ id: roleId }).first('id')
      if (!row) throw identityRefusals.role_not_found({ role: roleId })
    },
  }
}
