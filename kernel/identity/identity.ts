import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { implement, type Call, type Client, type Implementation } from '../broker/index.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import { createCredentials } from './credentials.ts'
import { checkEmail, normalizeEmail } from './email.ts'
import { levelChanges, setLevel, type LevelStep } from './levels.ts'
import { createLoginLimits } from './login-limits.ts'
import { checkPassword } from './password-rules.ts'
import { identityPermissions } from './permissions.ts'
import { identityRefusals } from './refusals.ts'
import { createRoles } from './roles.ts'
import {
  changeLevel,
  changePassword,
  createUser,
  listLevelChanges,
  listPermissions,
  listUsers,
  login,
  logout,
  register,
  showSession,
  showUser,
  type SessionAnswer,
  type User,
} from './routes.ts'
import { endedSessionCookie, sessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'
import { createUsers } from './users.ts'
import { createVisitors, type Authenticate, type ChangeListener } from './visitors.ts'

export interface IdentityOptions {
  readonly database: Knex
  readonly redis: Redis
}

export interface NewAccount {
  readonly email: string
  readonly password: string
  /** Beside `user`, which everybody has. */
  readonly role?: string
}

export interface Identity {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  readonly authenticate: Authenticate
  /** Told when a user's sessions or permissions have changed; `null` stands for everybody's. */
  onChange(listener: ChangeListener): void
  definePermissions(owner: string, permissions: readonly PermissionDeclaration[]): Promise<void>
  /** Takes an owner's permissions away, and from every role that holds them. */
  forgetPermissions(owner: string): Promise<void>
  /** Throws `identity.email_already_used`, and what the password rules say. */
  createUser(account: NewAccount): Promise<User>
  findUserByEmail(email: string): Promise<User | undefined>
  /** The id of the flagged account of the platform's own by that name, made on first use; nobody can sign in as it. */
  createHouseUser(name: string): Promise<string>
  findUser(userId: string): Promise<User | undefined>
  /** Ids of everybody who may do what asks for the permission. */
  holdersOf(permission: string): Promise<readonly string[]>
  /** Takes everything personal out of an account and ends its sessions; `andThen` belongs to the same transaction. */
  eraseUser(userId: string, andThen: (trx: Knex.Transaction) => Promise<void>): Promise<void>
  /** Told in the transaction that changes a level. */
  onLevelChange(listener: (trx: Knex.Transaction, step: LevelStep) => Promise<void>): void
  start(): Promise<void>
  stop(): void
}

function clientOf(call: Call<never>): Client {
  const { client } = call as { client: Client | undefined }
  if (!client) throw new Error('Sessions are for clients: the kernel has none.')
  return client
}

export function createIdentity({ database, redis }: IdentityOptions): Identity {
  const users = createUsers(database)
  const roles = createRoles(database)
  const sessions = createSessions(redis)
  const credentials = createCredentials(database)
  const limits = createLoginLimits(redis)
  const visitors = createVisitors({ redis, sessions, users, roles })

  let tellLevel = async (_trx: Knex.Transaction, _step: LevelStep): Promise<void> => undefined

  async function openAccount({ email, password, role }: NewAccount): Promise<User> {
    const checked = checkEmail(email)
    checkPassword(password, checked)
    if (role !== undefined) await roles.assertExists(role)
    const held = [...new Set(['user', ...(role === undefined ? [] : [role])])]
    return users.create({ email: checked, roles: held }, (trx, userId) =>
      credentials.setPassword(trx, userId, password),
    )
  }

  async function answer(user: User, csrfToken: string): Promise<SessionAnswer> {
    const permissions = [...(await roles.permissionsOf(user.roles))].sort()
    return { user: { id: user.id, email: user.email, roles: user.roles, permissions }, csrfToken }
  }

  /** A session never outlives a sign-in: what a stranger may have planted in the browser before is worth nothing. */
  async function beginSession(user: User, client: Client): Promise<SessionAnswer> {
    if (client.sessionId !== null) await sessions.end(client.sessionId)
    const { token, session } = await sessions.begin(user.id, client)
    client.setHeader('set-cookie', sessionCookie(token, client.isSecure))
    await visitors.announceChange(user.id)
    return answer(user, session.csrfToken)
  }

  async function verifyPassword(email: string, password: string, { address }: Client): Promise<User> {
    const attempt = { email: normalizeEmail(email), address }
    await limits.count(attempt)
    const user = await users.findByEmail(email)
    const isRight = await credentials.isPasswordOf(user?.id, password)
    if (!user || !isRight) throw identityRefusals.credentials_wrong()
    await limits.succeed(attempt)
    return user
  }

  async function endSession(client: Client, userId: string): Promise<SessionAnswer> {
    if (client.sessionId !== null) await sessions.end(client.sessionId)
    client.setHeader('set-cookie', endedSessionCookie(client.isSecure))
    await visitors.announceChange(userId)
    return { user: null, csrfToken: '' }
  }

  async function findUser(userId: string): Promise<User> {
    const user = await users.find(userId)
    if (!user) throw identityRefusals.user_not_found({ userId })
    return user
  }

  const implementations = [
    implement(showSession, async ({ principal, client }) => {
      const session = client?.sessionId == null ? null : await sessions.find(client.sessionId)
      if (principal.kind !== 'user' || !session) return { user: null, csrfToken: '' }
      return answer(await findUser(principal.userId), session.csrfToken)
    }),
    implement(login, async (call) => {
      const client = clientOf(call)
      return beginSession(await verifyPassword(call.params.email, call.params.password, client), client)
    }),
    implement(logout, async (call) => {
      if (call.principal.kind !== 'user') return { user: null, csrfToken: '' }
      return endSession(clientOf(call), call.userId)
    }),
    implement(register, async (call) => beginSession(await openAccount(call.params), clientOf(call))),
    implement(changePassword, async (call) => {
      const client = clientOf(call)
      const { email } = await findUser(call.userId)
      const user = await verifyPassword(email, call.params.currentPassword, client)
      checkPassword(call.params.newPassword, email)
      await credentials.setPassword(database, user.id, call.params.newPassword)
      await sessions.endAll(user.id)
      return beginSession(user, { ...client, sessionId: null })
    }),
    implement(createUser, ({ params }) => openAccount(params)),
    implement(listUsers, ({ params }) => users.list(params)),
    implement(showUser, ({ params }) => findUser(params.userId)),
    implement(changeLevel, async ({ params, principal }) => {
      const changedBy = principal.kind === 'user' ? principal.userId : principal.kind
      await setLevel(database, { ...params, changedBy }, tellLevel)
      return findUser(params.userId)
    }),
    implement(listLevelChanges, async ({ params }) => ({
      items: await levelChanges(database, params.userId),
    })),
    implement(listPermissions, () => roles.overview()),
  ] satisfies Implementation<never>[]

  async function createHouseUser(name: string): Promise<string> {
    const email = `${name}@house.invalid`
    const existing = await users.findByEmail(email)
    if (existing) return existing.id
    try {
      const { id } = await users.create({ email, roles: [], isHouse: true }, () => Promise.resolve())
      return id
    } catch (error) {
      // Somebody else may have been first in the same moment.
      const made = await users.findByEmail(email)
      if (made) return made.id
      throw error
    }
  }

  return {
    implementations,
    permissions: identityPermissions,
    authenticate: visitors.authenticate,
    onChange: visitors.onChange,
    async definePermissions(owner, permissions) {
      await roles.define(owner, permissions)
      await visitors.announceChange(null)
    },
    async forgetPermissions(owner) {
      await roles.forgetOwner(owner)
      await visitors.announceChange(null)
    },
    createUser: openAccount,
    findUserByEmail: users.findByEmail,
    createHouseUser,
    findUser: users.find,
    async holdersOf(permission) {
      const { items } = await roles.overview()
      const held = items.find(({ id }) => id === permission)?.roles ?? []
      const rows = await database('user_roles').whereIn('role_id', held).distinct('user_id')
      return (rows as { user_id: string }[]).map((row) => String(row.user_id))
    },
    async eraseUser(userId, andThen) {
      await transaction(database, async (trx) => {
        await users.erase(trx, userId)
        await andThen(trx)
      })
      await sessions.endAll(userId)
      await visitors.announceChange(userId)
    },
    onLevelChange: (listener) => {
      tellLevel = listener
    },
    start: visitors.start,
    stop: visitors.stop,
  }
}
