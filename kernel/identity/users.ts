import type { Knex } from 'knex'
import { escapeLike, transaction } from '../database/index.ts'
import { forgetKeys } from './api-keys-table.ts'
import { normalizeEmail } from './email.ts'
import { forgetProfile } from './profiles.ts'
import { forgetSecondFactor } from './second-factors.ts'
import { identityRefusals } from './refusals.ts'
import type { User } from './routes.ts'

export interface NewUser {
  readonly email: string
  readonly roles: readonly string[]
  readonly isHouse?: boolean
}

export interface UserQuery {
  readonly limit?: number
  readonly cursor?: string
  /** The beginning of an e-mail address, or an id. */
  readonly search?: string
  readonly isHouse?: boolean
  /** Only these. */
  readonly ids?: readonly string[]
}

export interface Users {
  /** Throws `identity.email_already_used`. `andThen` belongs to the same transaction. */
  create(user: NewUser, andThen: (trx: Knex.Transaction, userId: string) => Promise<void>): Promise<User>
  find(id: string): Promise<User | undefined>
  findByEmail(email: string): Promise<User | undefined>
  /** Forgets who the account was; throws `identity.user_not_found`. */
  erase(trx: Knex.Transaction, id: string): Promise<void>
  list(query: UserQuery): Promise<{ items: User[]; nextCursor?: string }>
}

interface UserRow {
  id: string
  email: string
  email_normalized: string
  is_house: number
  level: number
  created_at: Date
}

interface UserRoleRow {
  user_id: string
  role_id: string
}

const PAGE_SIZE = 50
const DUPLICATE_ENTRY = 1062
const idForm = /^[1-9][0-9]{0,18}$/

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === DUPLICATE_ENTRY
}

export function createUsers(database: Knex): Users {
  async function withRoles(rows: readonly UserRow[]): Promise<User[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => String(id))
    const held = await database<UserRoleRow>('user_roles').whereIn('user_id', ids).orderBy('role_id')
    return rows.map((row) => ({
      id: String(row.id),
      email: row.email,
      roles: held
        .filter(({ user_id: userId }) => String(userId) === String(row.id))
        .map((role) => role.role_id),
      isHouse: row.is_house === 1,
      level: row.level,
      createdAt: row.created_at.toISOString(),
    }))
  }

  async function insert(trx: Knex.Transaction, { email, roles, isHouse = false }: NewUser): Promise<UserRow> {
    const row = {
      email,
      email_normalized: normalizeEmail(email),
      is_house: isHouse ? 1 : 0,
      level: 0,
      created_at: new Date(),
    }
    const [insertId] = await trx<UserRow>('users').insert(row)
    const id = String(insertId)
    if (roles.length > 0) {
      await trx<UserRoleRow>('user_roles').insert(roles.map((roleId) => ({ user_id: id, role_id: roleId })))
    }
    return { id, ...row }
  }

  return {
    async create(user, andThen) {
      try {
        const row = await transaction(database, async (trx) => {
          const inserted = await insert(trx, user)
          await andThen(trx, inserted.id)
          return inserted
        })
        const [created] = await withRoles([row])
        return created as User
      } catch (error) {
        throw isDuplicate(error) ? identityRefusals.email_already_used() : error
      }
    },
    async find(id) {
      if (!idForm.test(id)) return undefined
      return (await withRoles(await database<UserRow>('users').where({ id })))[0]
    },
    async findByEmail(email) {
      const rows = await database<UserRow>('users').where({ email_normalized: normalizeEmail(email) })
      return (await withRoles(rows))[0]
    },
    async erase(trx, id) {
      const email = `erased-${id}@erased.invalid`
      const changed = idForm.test(id)
        ? await trx('users').where({ id }).update({ email, email_normalized: email, erased_at: new Date() })
        : 0
      if (changed === 0) throw identityRefusals.user_not_found({ userId: id })
      await trx('user_roles').where({ user_id: id }).delete()
      await trx('credentials').where({ user_id: id }).delete()
      await forgetSecondFactor(trx, id)
      await forgetProfile(trx, id)
      await forgetKeys(trx, id)
      await trx('users_security_entries').where({ user_id: id }).delete()
    },
    async list({ limit = PAGE_SIZE, cursor, search, isHouse, ids }) {
      const query = database<UserRow>('users')
        .orderBy('id', 'desc')
        .limit(limit + 1)
      if (cursor !== undefined && idForm.test(cursor)) void query.where('id', '<', cursor)
      if (isHouse !== undefined) void query.where({ is_house: isHouse ? 1 : 0 })
      if (ids !== undefined)
        void query.whereIn(
          'id',
          ids.filter((id) => idForm.test(id)),
        )
      if (search !== undefined) {
        const beginning = `${escapeLike(normalizeEmail(search))}%`
        void query.where((either) => {
          void either.where('email_normalized', 'like', beginning)
          if (idForm.test(search)) void either.orWhere({ id: search })
        })
      }
      const rows = await query
      const items = await withRoles(rows.slice(0, limit))
      const last = items.at(-1)
      return rows.length > limit && last ? { items, nextCursor: last.id } : { items }
    },
  }
}
