import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { transaction } from '../database/index.ts'
import { createSecretBox } from '../settings/index.ts'
import { createAccountLetters, type Post } from './account-letters.ts'
import { createApiKeys, type ApiKeys } from './api-keys.ts'
import { accountSecurity } from './account-security.ts'
import { createCredentials } from './credentials.ts'
import { checkEmail } from './email.ts'
import { levelChanges, setLevel, type LevelStep } from './levels.ts'
import { checkPassword } from './password-rules.ts'
import { identityPermissions } from './permissions.ts'
import { createProfiles } from './profiles.ts'
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
  loginWithCode,
  logout,
  register,
  showSession,
  showUser,
  type Accepted,
  type User,
} from './routes.ts'
import { createSecondFactors } from './second-factors.ts'
import { createSecurityLog, type SecurityListener } from './security-log.ts'
import { createSessions } from './sessions.ts'
import { clientOf, createSigningIn, type SigningIn } from './signing-in.ts'
import { createUsers, type Users } from './users.ts'
import { createVisitors, type Authenticate, type ChangeListener } from './visitors.ts'

export interface IdentityOptions {
  readonly database: Knex
  readonly redis: Redis
  /** Seal the secrets of second factors. */
  readonly keys: readonly Buffer[]
}

export interface NewAccount {
  readonly email: string
  readonly password: string
  /** Beside `user`, which everybody has. */
  readonly role?: string
}

/** What visitors agree to when they open an account. */
export interface Agreements {
  /** Answers what of it is asked for and was not accepted. */
  missing(accepted: Accepted): Promise<readonly string[]>
  /** Told in a transaction of the new account. */
  keep(trx: Knex.Transaction, userId: string, accepted: Accepted): Promise<void>
}

export interface Identity {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  readonly authenticate: Authenticate
  readonly apiKeys: ApiKeys
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
  /** By id, or the beginning of the e-mail address. */
  /** All of them, a page at a time. */
  pageOfUsers(query: Parameters<Users['list']>[0]): ReturnType<Users['list']>
  searchUsers(text: string, limit: number): Promise<{ readonly items: readonly User[] }>
  hasSecondFactor(userId: string): Promise<boolean>
  isEmailConfirmed(userId: string): Promise<boolean>
  /** In which language letters are written to the user; null as long as nothing was chosen. */
  languageOf(userId: string): Promise<string | null>
  /** Asked before a visitor opens an account. */
  setRegistration(isOpen: () => Promise<boolean>): void
  /** Asked before a visitor opens an account; who makes accounts for others accepts nothing for them. */
  setAgreements(agreements: Agreements): void
  /** From then on addresses are confirmed, and forgotten passwords chosen anew, by letter. */
  setPost(post: Post): void
  /** Ids of everybody who may do what asks for the permission. */
  holdersOf(permission: string): Promise<readonly string[]>
  /** Nobody holds the permission by being a user alone. */
  isOperators(permission: string): Promise<boolean>
  /** Takes everything personal out of an account and ends its sessions; `andThen` belongs to the same transaction. */
  eraseUser(userId: string, andThen: (trx: Knex.Transaction) => Promise<void>): Promise<void>
  /** Told in the transaction that changes a level. */
  onLevelChange(listener: (trx: Knex.Transaction, step: LevelStep) => Promise<void>): void
  /** Told in the transaction that writes down a sign-in or a change to how an account is protected. */
  onSecurityRecord(listener: SecurityListener): void
  /** What is kept about a user's sign-ins, for their own copy of it. */
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  /** Takes away what is kept of sign-ins for longer than it may. */
  forgetOld(): Promise<number>
  start(): Promise<void>
  stop(): void
}

interface SessionParts {
  readonly sessions: ReturnType<typeof createSessions>
  readonly findUser: (userId: string) => Promise<User>
}

const EXPORTED_MAX = 10_000

/** What keeps accounts, each in tables or keys of its own. */
function createParts({ database, redis, keys }: IdentityOptions) {
  const users = createUsers(database)
  const roles = createRoles(database)
  const sessions = createSessions(redis)
  const credentials = createCredentials(database)
  const log = createSecurityLog(database)
  const box = createSecretBox(keys)
  const secondFactors = createSecondFactors(database, box)
  const visitors = createVisitors({ redis, sessions, users, roles })
  const profiles = createProfiles(database)
  return { database, redis, box, users, roles, sessions, credentials, secondFactors, log, visitors, profiles }
}

export function createIdentity({ database, redis, keys }: IdentityOptions): Identity {
  const parts = createParts({ database, redis, keys })
  const { users, roles, sessions, credentials, secondFactors, log, visitors, profiles } = parts
  const signingIn = createSigningIn(parts)
  const apiKeys = createApiKeys(parts)
  const letters = createAccountLetters(parts)
  let agreements: Agreements = { missing: async () => [], keep: async () => undefined }
  let tellLevel = async (_trx: Knex.Transaction, _step: LevelStep): Promise<void> => undefined

  async function openAccount({ email, password, role }: NewAccount): Promise<User> {
    const checked = checkEmail(email)
    checkPassword(password, checked)
    if (role !== undefined) await roles.assertExists(role)
    const held = [...new Set(['user', ...(role === undefined ? [] : [role])])]
    return users.create({ email: checked, roles: held }, (trx, userId) =>
      credentials.setPassword(trx, { id: userId, email: checked }, password),
    )
  }

  async function findUser(userId: string): Promise<User> {
    const user = await users.find(userId)
    if (!user) throw identityRefusals.user_not_found({ userId })
    return user
  }

  const implementations = [
    ...signingInImplementations(signingIn, { sessions, findUser }),
    implement(register, async (call) => {
      await signingIn.assertRegistrationOpen()
      const client = clientOf(call)
      const { accepted = [], ...account } = call.params
      const missing = await agreements.missing(accepted)
      if (missing.length > 0)
        throw identityRefusals.acceptance_missing({ field: 'accepted', documents: missing })
      const user = await openAccount(account)
      await transaction(database, async (trx) => {
        await log.record(trx, { userId: user.id, kind: 'accountOpened', client })
        await agreements.keep(trx, user.id, accepted)
      })
      await letters.welcome(user)
      return signingIn.beginSession(user, client)
    }),
    implement(changePassword, async (call) => {
      const client = clientOf(call)
      const { email } = await findUser(call.userId)
      const user = await signingIn.verifyPassword(email, call.params.currentPassword, client)
      checkPassword(call.params.newPassword, email)
      await transaction(database, async (trx) => {
        await credentials.setPassword(trx, user, call.params.newPassword)
        await log.record(trx, { userId: user.id, kind: 'passwordChanged', client })
      })
      await sessions.endAll(user.id)
      return signingIn.beginSession(user, { ...client, sessionId: null })
    }),
    implement(createUser, ({ params }) => openAccount(params)),
    implement(listUsers, ({ params }) => users.list(params)),
    implement(showUser, ({ params }) => findUser(params.userId)),
    ...levelImplementations(database, findUser, (trx, step) => tellLevel(trx, step)),
    implement(listPermissions, () => roles.overview()),
    ...accountSecurity({ ...parts, signingIn }),
    ...letters.implementations,
    ...apiKeys.implementations,
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: identityPermissions,
    authenticate: visitors.authenticate,
    apiKeys,
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
    createHouseUser: (name) => createHouseUser(users, name),
    findUser: users.find,
    hasSecondFactor: secondFactors.isActive,
    isEmailConfirmed: profiles.isConfirmed,
    languageOf: async (userId) => (await profiles.show(userId)).language,
    setRegistration: signingIn.setRegistration,
    setAgreements: (given) => {
      agreements = given
    },
    setPost: letters.setPost,
    pageOfUsers: (query) => users.list(query),
    searchUsers: (search, limit) => users.list({ search, limit }),
    holdersOf: roles.holdersOf,
    isOperators: async (permission) => !(await roles.permissionsOf(['user'])).has(permission),
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
    onSecurityRecord: log.onRecord,
    exportUser: async (userId) => ({
      profile: [await profiles.show(userId)],
      security: (await log.list(userId, { limit: EXPORTED_MAX })).items,
      apiKeys: await apiKeys.exportOf(userId),
    }),
    forgetOld: async () => {
      const forgotten = [log.forgetOld(), letters.forgetOld(), apiKeys.forgetOld()]
      return (await Promise.all(forgotten)).reduce((sum, count) => sum + count, 0)
    },
    start: visitors.start,
    stop: visitors.stop,
  }
}

function signingInImplementations(signingIn: SigningIn, { sessions, findUser }: SessionParts) {
  return [
    implement(showSession, async ({ principal, client }) => {
      const session = client?.sessionId == null ? null : await sessions.find(client.sessionId)
      if (principal.kind !== 'user' || !session) return { user: null, csrfToken: '' }
      return signingIn.answer(await findUser(principal.userId), session.csrfToken)
    }),
    implement(login, async (call) => {
      const client = clientOf(call)
      const { email, password } = call.params
      return signingIn.login(await signingIn.verifyPassword(email, password, client), client)
    }),
    implement(loginWithCode, async (call) => {
      const { challenge, code } = call.params
      return signingIn.loginWithCode(challenge, code, clientOf(call))
    }),
    implement(logout, async (call) => {
      if (call.principal.kind !== 'user') return { user: null, csrfToken: '' }
      return signingIn.endSession(clientOf(call), call.userId)
    }),
  ] satisfies Implementation<never>[]
}

function levelImplementations(
  database: Knex,
  findUser: (userId: string) => Promise<User>,
  tell: (trx: Knex.Transaction, step: LevelStep) => Promise<void>,
) {
  return [
    implement(changeLevel, async ({ params, principal }) => {
      const changedBy = principal.kind === 'user' ? principal.userId : principal.kind
      await setLevel(database, { ...params, changedBy }, tell)
      return findUser(params.userId)
    }),
    implement(listLevelChanges, async ({ params }) => ({
      items: await levelChanges(database, params.userId),
    })),
  ] satisfies Implementation<never>[]
}

async function createHouseUser(users: Users, name: string): Promise<string> {
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
