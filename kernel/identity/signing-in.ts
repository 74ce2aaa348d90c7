import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import type { Call, Client } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import type { Credentials } from './credentials.ts'
import { normalizeEmail } from './email.ts'
import { createLoginChallenges } from './login-challenges.ts'
import { createLoginLimits } from './login-limits.ts'
import { identityRefusals } from './refusals.ts'
import type { Roles } from './roles.ts'
import type { SessionAnswer, User } from './routes.ts'
import type { SecondFactors } from './second-factors.ts'
import type { SecurityLog } from './security-log.ts'
import { endedSessionCookie, sessionCookie } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'
import type { Users } from './users.ts'
import type { Visitors } from './visitors.ts'

export interface SigningInParts {
  readonly database: Knex
  readonly redis: Redis
  readonly users: Users
  readonly roles: Roles
  readonly sessions: Sessions
  readonly credentials: Credentials
  readonly secondFactors: SecondFactors
  readonly log: SecurityLog
  readonly visitors: Visitors
}

/** How a visitor becomes a user, proves it again, and stops being one. */
export interface SigningIn {
  /** Throws `identity.credentials_wrong` and `identity.login_blocked`. */
  verifyPassword(email: string, password: string, client: Client): Promise<User>
  /** A session, or the challenge to show a code where the account asks for one. */
  login(user: User, client: Client): Promise<SessionAnswer>
  loginWithCode(challenge: string, code: string, client: Client): Promise<SessionAnswer>
  /** A session never outlives a sign-in: what a stranger may have planted in the browser before is worth nothing. */
  beginSession(user: User, client: Client): Promise<SessionAnswer>
  endSession(client: Client, userId: string): Promise<SessionAnswer>
  /** Takes a code once, within the limits; a recovery code leaves its trace. */
  proveCode(userId: string, code: string, client: Client): Promise<void>
  answer(user: User, csrfToken: string): Promise<SessionAnswer>
  setRegistration(isOpen: () => Promise<boolean>): void
  /** Throws `identity.registration_closed`. */
  assertRegistrationOpen(): Promise<void>
}

export function clientOf(call: Call<never>): Client {
  const { client } = call as { client: Client | undefined }
  if (!client) throw new Error('Sessions are for clients: the kernel has none.')
  return client
}

export function createSigningIn(parts: SigningInParts): SigningIn {
  const { database, redis, users, roles, sessions, credentials, secondFactors, log, visitors } = parts
  const limits = createLoginLimits(redis)
  const challenges = createLoginChallenges(redis)
  let isRegistrationOpen = async (): Promise<boolean> => true

  async function answer(user: User, csrfToken: string): Promise<SessionAnswer> {
    const [permissions, hasSecondFactor] = await Promise.all([
      roles.permissionsOf(user.roles),
      secondFactors.isActive(user.id),
    ])
    const { id, email } = user
    return {
      user: { id, email, roles: user.roles, permissions: [...permissions].sort(), hasSecondFactor },
      csrfToken,
    }
  }

  async function beginSession(user: User, client: Client): Promise<SessionAnswer> {
    if (client.sessionId !== null) await sessions.end(client.sessionId)
    const { token, session } = await sessions.begin(user.id, client)
    client.setHeader('set-cookie', sessionCookie(token, client.isSecure))
    await visitors.announceChange(user.id)
    return answer(user, session.csrfToken)
  }

  async function signIn(user: User, client: Client): Promise<SessionAnswer> {
    const isNew = await log.isUnknownPlace(user.id, client)
    await transaction(database, (trx) =>
      log.record(trx, { userId: user.id, kind: isNew ? 'signedInFromNewPlace' : 'signedIn', client }),
    )
    return beginSession(user, client)
  }

  async function proveCode(userId: string, code: string, client: Client): Promise<void> {
    await limits.countCode(userId)
    const proof = await secondFactors.prove(userId, code)
    await limits.succeedCode(userId)
    if (proof === 'recoveryCode')
      await transaction(database, (trx) => log.record(trx, { userId, kind: 'recoveryCodeUsed', client }))
  }

  return {
    async verifyPassword(email, password, client) {
      const attempt = { email: normalizeEmail(email), address: client.address }
      await limits.count(attempt)
      const user = await users.findByEmail(email)
      const isRight = await credentials.isPasswordOf(user?.id, password)
      if (user && !isRight) {
        await transaction(database, (trx) =>
          log.record(trx, { userId: user.id, kind: 'signInFailed', client }),
        )
      }
      if (!user || !isRight) throw identityRefusals.credentials_wrong()
      await limits.succeed(attempt)
      return user
    },
    async login(user, client) {
      if (!(await secondFactors.isActive(user.id))) return signIn(user, client)
      return { user: null, csrfToken: '', challenge: await challenges.begin(user.id) }
    },
    async loginWithCode(challenge, code, client) {
      const userId = await challenges.attempt(challenge)
      await proveCode(userId, code, client)
      const user = (await challenges.end(challenge)) ? await users.find(userId) : undefined
      if (!user) throw identityRefusals.challenge_expired()
      return signIn(user, client)
    },
    beginSession,
    async endSession(client, userId) {
      if (client.sessionId !== null) await sessions.end(client.sessionId)
      client.setHeader('set-cookie', endedSessionCookie(client.isSecure))
      await visitors.announceChange(userId)
      return { user: null, csrfToken: '' }
    },
    proveCode,
    answer,
    setRegistration: (isOpen) => {
      isRegistrationOpen = isOpen
    },
    async assertRegistrationOpen() {
      if (!(await isRegistrationOpen())) throw identityRefusals.registration_closed()
    },
  }
}
