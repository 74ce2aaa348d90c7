import type { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Knex } from 'knex'
import { createLogger, implement, type Implementation } from '../broker/index.ts'
import type { NewLetter } from '../mail/letter.ts'
import { letterLanguage, letterTexts } from '../mail/index.ts'
import type { Credentials } from './credentials.ts'
import { normalizeEmail } from './email.ts'
import { createLetterTokens, type TokenPurpose } from './letter-tokens.ts'
import { checkPassword } from './password-rules.ts'
import type { Profiles } from './profiles.ts'
import { identityRefusals } from './refusals.ts'
import * as routes from './routes.ts'
import type { SecurityLog } from './security-log.ts'
import type { Sessions } from './sessions.ts'
import { clientOf } from './signing-in.ts'
import type { Users } from './users.ts'
import type { Visitors } from './visitors.ts'

/** What sends letters; the platform runs without it as well. */
export interface Post {
  readonly isSetUp: boolean
  post(database: Knex, letter: NewLetter): Promise<void>
}

export interface AccountLettersParts {
  readonly database: Knex
  readonly redis: Redis
  readonly users: Users
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly log: SecurityLog
  readonly visitors: Visitors
  readonly profiles: Profiles
}

export interface AccountLetters {
  readonly implementations: readonly Implementation<never>[]
  setPost(post: Post): void
  /** Asks a new user to confirm the address, where letters can be sent. */
  welcome(user: routes.User): Promise<void>
  forgetOld(): Promise<number>
}

const pages: Readonly<Record<TokenPurpose, string>> = { confirm: '/confirm-email', reset: '/reset-password' }
const PER_HOUR = 3

/** Confirming an address, and a new password for who forgot theirs. */
export function createAccountLetters(parts: AccountLettersParts): AccountLetters {
  const { database, users, profiles } = parts
  const tokens = createLetterTokens(database, normalizeEmail)
  const log = createLogger('identity')
  const limiter = new RateLimiterRedis({
    storeClient: parts.redis,
    keyPrefix: 'letters',
    points: PER_HOUR,
    duration: 3600,
  })
  let mail: Post | undefined

  async function send(user: routes.User, purpose: TokenPurpose): Promise<void> {
    const { language } = await profiles.show(user.id)
    const text = letterTexts(language)
    await database.transaction(async (trx) => {
      const { token, expiresAt } = await tokens.make(trx, user, purpose)
      await mail?.post(trx, {
        to: user.email,
        kind: `identity.${purpose}`,
        expiresAt,
        key: `identity.${purpose}:${user.id}:${expiresAt.getTime()}`,
        letter: {
          language: letterLanguage(language),
          subject: text(`${purpose}.subject`),
          title: text(`${purpose}.title`),
          paragraphs: [text(`${purpose}.body`), ...(purpose === 'reset' ? [text('reset.sessions')] : [])],
          // Behind `#` it is in no log and no referrer.
          action: { label: text(`${purpose}.action`), path: `${pages[purpose]}#${token}` },
          footnote: text(`${purpose}.footnote`),
        },
      })
    })
  }

  /** False when there were enough of them lately. */
  async function count(key: string): Promise<RateLimiterRes | undefined> {
    try {
      await limiter.consume(key)
      return undefined
    } catch (reason) {
      if (reason instanceof RateLimiterRes) return reason
      throw reason
    }
  }

  async function sendReset(email: string): Promise<void> {
    const user = await users.findByEmail(email)
    if (!user || user.isHouse || (await count(`reset:${user.id}`))) return
    await send(user, 'reset')
  }

  async function profileOf(userId: string): Promise<routes.Profile> {
    const [user, values, isEmailConfirmed] = await Promise.all([
      users.find(userId),
      profiles.show(userId),
      profiles.isConfirmed(userId),
    ])
    return { ...values, email: user?.email ?? '', isEmailConfirmed, canConfirm: mail?.isSetUp === true }
  }

  const asked = [
    implement(routes.showProfile, ({ userId }) => profileOf(userId)),
    implement(routes.changeProfile, async ({ params, userId }) => {
      await profiles.change(userId, params)
      return profileOf(userId)
    }),
    implement(routes.sendConfirmation, async ({ userId }) => {
      if (!mail?.isSetUp) throw identityRefusals.mail_not_set_up()
      const user = await users.find(userId)
      if (!user) throw identityRefusals.user_not_found({ userId })
      if (await profiles.isConfirmed(userId)) throw identityRefusals.email_already_confirmed()
      const blocked = await count(`confirm:${userId}`)
      if (blocked)
        throw identityRefusals.letters_blocked({ retryAfterSeconds: Math.ceil(blocked.msBeforeNext / 1000) })
      await send(user, 'confirm')
      return { email: user.email }
    }),
    implement(routes.forgotPassword, async ({ params: { email } }) => {
      if (!mail?.isSetUp) throw identityRefusals.mail_not_set_up()
      // Behind the answer, so that its time does not tell who has an account.
      sendReset(email).catch((error: unknown) => log.error('a letter could not be written', { error }))
      return {}
    }),
  ]

  return {
    implementations: [...asked, ...opening(parts, tokens)] as unknown as readonly Implementation<never>[],
    setPost: (post) => {
      mail = post
    },
    async welcome(user) {
      if (mail?.isSetUp)
        await send(user, 'confirm').catch((error: unknown) =>
          log.error('a letter could not be written', { error }),
        )
    },
    forgetOld: tokens.forgetOld,
  }
}

/** What the links in the letters do. */
function opening(parts: AccountLettersParts, tokens: ReturnType<typeof createLetterTokens>) {
  const { users, credentials, sessions, log, visitors, profiles } = parts
  return [
    implement(routes.confirmEmail, async (call) => {
      const userId = await tokens.take(call.params.token, 'confirm', async (trx, id) => {
        await profiles.confirm(trx, id)
        await log.record(trx, { userId: id, kind: 'emailConfirmed', client: clientOf(call) })
        return id
      })
      if (userId === undefined) throw identityRefusals.link_expired()
      await visitors.announceChange(userId)
      return { email: (await users.find(userId))?.email ?? '' }
    }),
    implement(routes.resetPassword, async (call) => {
      const { token, newPassword } = call.params
      const userId = await tokens.take(token, 'reset', async (trx, id) => {
        const user = await users.find(id)
        if (!user) return undefined
        checkPassword(newPassword, user.email)
        await credentials.setPassword(trx, user, newPassword)
        // The link came to the address, so the address is confirmed by it.
        await profiles.confirm(trx, id)
        await log.record(trx, { userId: id, kind: 'passwordChanged', client: clientOf(call) })
        return id
      })
      if (userId === undefined) throw identityRefusals.link_expired()
      await sessions.endAll(userId)
      await visitors.announceChange(userId)
      return {}
    }),
  ]
}
