import type { Knex } from 'knex'
import { implement, type Client, type Implementation, type Principal } from '../broker/index.ts'
import { transaction } from '../database/index.ts'
import type { Credentials } from './credentials.ts'
import { deviceOf } from './device.ts'
import { identityRefusals } from './refusals.ts'
import * as routes from './routes.ts'
import type { SecondFactors } from './second-factors.ts'
import type { SecurityLog } from './security-log.ts'
import { CONFIRMED_MS_MAX, type Sessions } from './sessions.ts'
import { clientOf, type SigningIn } from './signing-in.ts'
import type { Users } from './users.ts'
import type { Visitors } from './visitors.ts'

export interface AccountSecurityParts {
  readonly database: Knex
  readonly users: Users
  readonly sessions: Sessions
  readonly credentials: Credentials
  readonly secondFactors: SecondFactors
  readonly log: SecurityLog
  readonly visitors: Visitors
  readonly signingIn: SigningIn
}

const NEW_PLACES_MS = 30 * 24 * 3600_000
const ENTRIES_LOOKED_AT = 200

/** The code behind sessions, the second factor and the security checkup. */
export function accountSecurity(parts: AccountSecurityParts): readonly Implementation<never>[] {
  return [...sessionImplementations(parts), ...factorImplementations(parts), ...showing(parts)]
}

const listOf = (...implementations: readonly unknown[]): readonly Implementation<never>[] =>
  implementations as readonly Implementation<never>[]

function operatorName(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

function sessionImplementations(parts: AccountSecurityParts): readonly Implementation<never>[] {
  const { database, users, sessions, log, visitors, signingIn, secondFactors } = parts

  return listOf(
    implement(routes.listSessions, async ({ userId, client }) => ({
      items: (await sessions.list(userId)).map((session) => ({
        id: session.id,
        isCurrent: session.id === client?.sessionId,
        device: deviceOf(session.userAgent),
        address: session.address,
        createdAt: new Date(session.createdAt).toISOString(),
        lastUsedAt: new Date(session.lastUsedAt).toISOString(),
      })),
    })),
    implement(routes.endSession, async ({ params: { sessionId }, userId, client }) => {
      const isOwn = (await sessions.list(userId)).some(({ id }) => id === sessionId)
      if (!isOwn) throw identityRefusals.session_not_found()
      await sessions.end(sessionId)
      await transaction(database, (trx) => log.record(trx, { userId, kind: 'sessionEnded', client }))
      await visitors.announceChange(userId)
      return {}
    }),
    implement(routes.endOtherSessions, async (call) => {
      const { userId } = call
      const client = clientOf(call)
      const ended = await sessions.endAll(userId, client.sessionId ?? undefined)
      if (ended > 0)
        await transaction(database, (trx) => log.record(trx, { userId, kind: 'otherSessionsEnded', client }))
      await visitors.announceChange(userId)
      return { ended }
    }),
    implement(routes.confirmIdentity, async (call) => {
      const { params, userId } = call
      const client = clientOf(call)
      if (await secondFactors.isActive(userId)) await signingIn.proveCode(userId, params.code ?? '', client)
      else {
        const user = await users.find(userId)
        await signingIn.verifyPassword(user?.email ?? '', params.password ?? '', client)
      }
      if (client.sessionId !== null) await sessions.confirm(client.sessionId)
      await visitors.announceChange(userId)
      return { confirmedUntil: new Date(Date.now() + CONFIRMED_MS_MAX).toISOString() }
    }),
  )
}

function factorImplementations(parts: AccountSecurityParts): readonly Implementation<never>[] {
  const { users, log, visitors, secondFactors, signingIn } = parts
  const record =
    (kind: routes.SecurityKind, userId: string, client: Client | undefined) => (trx: Knex.Transaction) =>
      log.record(trx, { userId, kind, client })

  return listOf(
    implement(routes.showSecondFactor, ({ userId }) => secondFactors.state(userId)),
    implement(routes.beginSecondFactor, async ({ userId }) => {
      const user = await users.find(userId)
      if (!user) throw identityRefusals.user_not_found({ userId })
      return secondFactors.begin(user)
    }),
    implement(routes.activateSecondFactor, async ({ params, userId, client }) => {
      const added = record('secondFactorAdded', userId, client)
      const recoveryCodes = await secondFactors.activate(userId, params.code, added)
      await visitors.announceChange(userId)
      return { recoveryCodes }
    }),
    implement(routes.renewRecoveryCodes, async ({ userId, client }) => ({
      recoveryCodes: await secondFactors.renewCodes(userId, record('recoveryCodesRenewed', userId, client)),
    })),
    implement(routes.removeSecondFactor, async (call) => {
      const { params, userId } = call
      const client = clientOf(call)
      if (!(await secondFactors.isActive(userId))) throw identityRefusals.second_factor_not_active()
      await signingIn.proveCode(userId, params.code, client)
      await secondFactors.remove(userId, record('secondFactorRemoved', userId, client))
      await visitors.announceChange(userId)
      return secondFactors.state(userId)
    }),
    implement(routes.resetSecondFactor, async ({ params: { userId, reason }, principal, client }) => {
      if (!(await users.find(userId))) throw identityRefusals.user_not_found({ userId })
      const doneBy = operatorName(principal)
      // The place is the operator's, which is not the user's to know; the operator's name and reason are kept.
      await secondFactors.remove(userId, (trx) =>
        log.record(trx, {
          userId,
          kind: 'secondFactorReset',
          doneBy,
          reason,
          ...(principal.kind === 'system' ? {} : { client }),
        }),
      )
      await visitors.announceChange(userId)
      return secondFactors.state(userId)
    }),
  )
}

function showing(parts: AccountSecurityParts): readonly Implementation<never>[] {
  const { users, sessions, credentials, secondFactors, log } = parts

  async function checkOf(userId: string): Promise<routes.SecurityCheck> {
    const [password, secondFactor, open, signIns] = await Promise.all([
      credentials.passwordFacts(userId),
      secondFactors.state(userId),
      sessions.list(userId),
      log.list(userId, { isSignIn: true, limit: ENTRIES_LOOKED_AT }),
    ])
    const since = Date.now() - NEW_PLACES_MS
    return {
      password: {
        changedAt: password?.changedAt.toISOString() ?? null,
        strength: password?.strength ?? null,
      },
      secondFactor,
      sessions: open.length,
      newPlaces: signIns.items.filter(
        ({ kind, at }) => kind === 'signedInFromNewPlace' && Date.parse(at) >= since,
      ).length,
    }
  }

  return listOf(
    implement(routes.listSecurityEntries, ({ params, userId }) => log.list(userId, params)),
    implement(routes.showSecurity, ({ userId }) => checkOf(userId)),
    implement(routes.showUserSecurity, async ({ params: { userId, ...query } }) => {
      if (!(await users.find(userId))) throw identityRefusals.user_not_found({ userId })
      const [check, entries] = await Promise.all([checkOf(userId), log.list(userId, query)])
      return { check, ...entries }
    }),
  )
}
