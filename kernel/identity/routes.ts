import { Array, Boolean, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { identityRefusals } from './refusals.ts'
import {
  changeApiKey,
  createApiKey,
  createUserApiKey,
  listApiKeys,
  listUserApiKeys,
  revokeApiKey,
  revokeUserApiKey,
} from './routes/api-keys.ts'
import {
  changeProfile,
  confirmEmail,
  forgotPassword,
  resetPassword,
  sendConfirmation,
  showProfile,
} from './routes/letters.ts'
import {
  activateSecondFactor,
  beginSecondFactor,
  confirmIdentity,
  removeSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
  showSecondFactor,
} from './routes/second-factor.ts'
import {
  endOtherSessions,
  endSession,
  listSecurityEntries,
  listSessions,
  showSecurity,
  showUserSecurity,
} from './routes/security.ts'

export { levelChanged, securityRecorded, userErased } from './events.ts'
export { identityRefusals } from './refusals.ts'
export { Device, ListedSession, SecurityCheck, SecurityEntry, SecurityKind } from './routes/security.ts'
export { ApiKey, OfferedScope } from './routes/api-keys.ts'
export { Profile } from './routes/letters.ts'
export { SecondFactorState } from './routes/second-factor.ts'
export {
  changeApiKey,
  createApiKey,
  createUserApiKey,
  listApiKeys,
  listUserApiKeys,
  revokeApiKey,
  revokeUserApiKey,
  activateSecondFactor,
  changeProfile,
  confirmEmail,
  forgotPassword,
  resetPassword,
  sendConfirmation,
  showProfile,
  beginSecondFactor,
  confirmIdentity,
  endOtherSessions,
  endSession,
  listSecurityEntries,
  listSessions,
  removeSecondFactor,
  renewRecoveryCodes,
  resetSecondFactor,
  showSecondFactor,
  showSecurity,
  showUserSecurity,
}

const email = String({ minLength: 3, maxLength: 254, description: 'Case does not matter.' })
const password = String({ minLength: 1, maxLength: 1000 })
const code = String({ minLength: 6, maxLength: 40, description: 'Six digits, or a recovery code.' })
const strict = { additionalProperties: false }
const passwordErrors = [
  identityRefusals.password_must_be_longer.code,
  identityRefusals.password_must_be_shorter.code,
  identityRefusals.password_too_common.code,
  identityRefusals.password_must_differ_from_email.code,
]

export const SessionUser = Object({
  id,
  email: String(),
  roles: Array(String()),
  permissions: Array(String()),
  hasSecondFactor: Boolean(),
})
export type SessionUser = Static<typeof SessionUser>

export const SessionAnswer = Object({
  user: Union([SessionUser, Null()]),
  csrfToken: String({
    description: 'Goes into the header x-csrf-token of every request but GET. Empty without a session.',
  }),
  challenge: Optional(
    String({ description: 'The password was right; a code of the second factor is asked for next.' }),
  ),
})
export type SessionAnswer = Static<typeof SessionAnswer>

export const User = Object({
  id,
  email: String(),
  roles: Array(String()),
  isHouse: Boolean({ description: "An account of the platform's own, such as a market maker's." }),
  level: Integer({ description: 'What products ask for before they let somebody in, 0 to 9.' }),
  createdAt: timestamp,
})
export type User = Static<typeof User>

export const showSession = route({
  action: 'identity.sessions.current',
  rest: 'GET /identity/session',
  summary: 'Who is signed in',
  permission: 'public',
  params: Object({}),
  result: SessionAnswer,
  errors: [],
})

export const login = route({
  action: 'identity.sessions.login',
  rest: 'POST /identity/login',
  summary: 'Sign in',
  description: 'Sets the session cookie. A session that was signed in before on this browser ends.',
  permission: 'public',
  params: Object({ email, password }, strict),
  result: SessionAnswer,
  errors: [identityRefusals.credentials_wrong.code, identityRefusals.login_blocked.code],
  rateLimit: { points: 60, durationSeconds: 300, per: 'address' },
})

export const loginWithCode = route({
  action: 'identity.sessions.loginWithCode',
  rest: 'POST /identity/login/code',
  summary: 'Finish signing in with a code of the second factor, or a recovery code',
  permission: 'public',
  params: Object({ challenge: String({ maxLength: 100 }), code }, strict),
  result: SessionAnswer,
  errors: [
    identityRefusals.challenge_expired.code,
    identityRefusals.code_wrong.code,
    identityRefusals.code_blocked.code,
  ],
  rateLimit: { points: 60, durationSeconds: 300, per: 'address' },
})

export const logout = route({
  action: 'identity.sessions.logout',
  rest: 'POST /identity/logout',
  summary: 'Sign out',
  permission: 'public',
  params: Object({}),
  result: SessionAnswer,
  errors: [],
})

const accepted = Array(
  Object(
    {
      document: String({ maxLength: 40 }),
      version: Integer({ minimum: 1 }),
      language: String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 20 }),
    },
    strict,
  ),
  { maxItems: 40, description: 'The legal documents that were read and accepted, by version.' },
)
export type Accepted = Static<typeof accepted>

export const register = route({
  action: 'identity.users.register',
  rest: 'POST /identity/register',
  summary: 'Open an account and sign in',
  permission: 'public',
  params: Object({ email, password, accepted: Optional(accepted) }, strict),
  result: SessionAnswer,
  errors: [
    identityRefusals.registration_closed.code,
    identityRefusals.acceptance_missing.code,
    identityRefusals.email_already_used.code,
    identityRefusals.email_malformed.code,
    ...passwordErrors,
  ],
  rateLimit: { points: 60, durationSeconds: 3600, per: 'address' },
})

export const changePassword = route({
  action: 'identity.credentials.change',
  rest: 'POST /identity/password',
  summary: 'Change the own password',
  description: 'Ends every other session of the account.',
  permission: 'signedIn',
  params: Object({ currentPassword: password, newPassword: password }, strict),
  result: SessionAnswer,
  errors: [identityRefusals.credentials_wrong.code, identityRefusals.login_blocked.code, ...passwordErrors],
})

export const createUser = route({
  action: 'identity.users.create',
  rest: 'POST /identity/users',
  summary: 'Open an account for somebody',
  permission: 'identity.users.manage',
  params: Object({ email, password, role: Optional(String({ maxLength: 64 })) }, strict),
  result: User,
  errors: [
    identityRefusals.email_already_used.code,
    identityRefusals.email_malformed.code,
    identityRefusals.role_not_found.code,
    ...passwordErrors,
  ],
})

export const listUsers = route({
  action: 'identity.users.list',
  rest: 'GET /identity/users',
  summary: 'List accounts, newest first',
  permission: 'identity.users.read',
  params: Object(
    {
      ...page,
      search: Optional(String({ maxLength: 254 })),
      isHouse: Optional(Boolean()),
      ids: Optional(Array(id, { maxItems: 100 })),
    },
    strict,
  ),
  result: pageOf(User),
  errors: [],
})

export const showUser = route({
  action: 'identity.users.show',
  rest: 'GET /identity/users/:userId',
  summary: 'Show an account',
  permission: 'identity.users.read',
  params: Object({ userId: id }, strict),
  result: User,
  errors: [identityRefusals.user_not_found.code],
})

export const changeLevel = route({
  action: 'identity.users.changeLevel',
  rest: 'POST /users/:userId/level',
  summary: 'Give a user another level',
  permission: 'identity.users.manage',
  shownBy: 'identity.users.show',
  params: Object(
    {
      userId: id,
      level: Integer({ minimum: 0, maximum: 9 }),
      levelBefore: Optional(
        Integer({ description: 'That was read: when it is another now, nothing is done.' }),
      ),
      reason: String({ minLength: 3, maxLength: 300 }),
    },
    strict,
  ),
  result: User,
  errors: [identityRefusals.user_not_found.code, identityRefusals.changed_meanwhile.code],
})

export const LevelChange = Object({
  id,
  levelBefore: Integer(),
  levelAfter: Integer(),
  reason: String(),
  changedBy: String(),
  changedAt: timestamp,
})
export type LevelChange = Static<typeof LevelChange>

export const listLevelChanges = route({
  action: 'identity.users.levelChanges',
  rest: 'GET /users/:userId/level-changes',
  summary: 'List who gave a user which level and why, newest first',
  permission: 'identity.users.read',
  params: Object({ userId: id }, strict),
  result: Object({ items: Array(LevelChange) }),
  errors: [],
})

export const Permission = Object({
  id: String(),
  owner: String({ description: 'The plugin or part of the platform that declared it.' }),
  title: String(),
  roles: Array(String()),
})
export type Permission = Static<typeof Permission>

export const listPermissions = route({
  action: 'identity.permissions.list',
  rest: 'GET /identity/permissions',
  summary: 'List every permission with the roles that hold it',
  permission: 'identity.users.read',
  params: Object({}, strict),
  result: Object({ roles: Array(String()), items: Array(Permission) }),
  errors: [],
})

export const identityRoutes = [
  changeApiKey,
  createApiKey,
  createUserApiKey,
  listApiKeys,
  listUserApiKeys,
  revokeApiKey,
  revokeUserApiKey,
  showSession,
  login,
  loginWithCode,
  logout,
  register,
  changePassword,
  confirmIdentity,
  showSecondFactor,
  beginSecondFactor,
  activateSecondFactor,
  renewRecoveryCodes,
  removeSecondFactor,
  listSessions,
  endSession,
  endOtherSessions,
  listSecurityEntries,
  showSecurity,
  createUser,
  listUsers,
  showUser,
  changeLevel,
  listLevelChanges,
  showUserSecurity,
  resetSecondFactor,
  showProfile,
  changeProfile,
  sendConfirmation,
  confirmEmail,
  forgotPassword,
  resetPassword,
  listPermissions,
] as const
