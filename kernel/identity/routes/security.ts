import { Array, Boolean, Enum, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../../contract/index.ts'
import { identityRefusals } from '../refusals.ts'
import { SecondFactorState } from './second-factor.ts'

const strict = { additionalProperties: false }

export const Device = Object({
  browser: String({ description: 'Empty when it is not known.' }),
  system: String(),
  isPhone: Boolean(),
})

export const ListedSession = Object({
  id,
  isCurrent: Boolean(),
  device: Device,
  address: String(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
})
export type ListedSession = Static<typeof ListedSession>

export const SecurityKind = Enum([
  'accountOpened',
  'signedIn',
  'signedInFromNewPlace',
  'signInFailed',
  'passwordChanged',
  'secondFactorAdded',
  'secondFactorRemoved',
  'secondFactorReset',
  'recoveryCodeUsed',
  'recoveryCodesRenewed',
  'sessionEnded',
  'otherSessionsEnded',
  'emailConfirmed',
  'apiKeyCreated',
  'apiKeyChanged',
  'apiKeyRevoked',
])
export type SecurityKind = Static<typeof SecurityKind>

export const SecurityEntry = Object({
  id,
  kind: SecurityKind,
  address: String(),
  device: Device,
  doneBy: String({ description: 'The user unless an operator did it.' }),
  reason: Union([String(), Null()]),
  at: timestamp,
})
export type SecurityEntry = Static<typeof SecurityEntry>

export const listSessions = route({
  action: 'identity.sessions.list',
  rest: 'GET /identity/sessions',
  summary: 'List where the own account is signed in, last used first',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({ items: Array(ListedSession) }),
  errors: [],
})

export const endSession = route({
  action: 'identity.sessions.end',
  rest: 'DELETE /identity/sessions/:sessionId',
  summary: 'Sign one device out',
  permission: 'signedIn',
  params: Object({ sessionId: id }, strict),
  result: Object({}),
  errors: [identityRefusals.session_not_found.code],
})

export const endOtherSessions = route({
  action: 'identity.sessions.endOthers',
  rest: 'POST /identity/sessions/end-others',
  summary: 'Sign every other device out',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({ ended: Integer() }),
  errors: [],
})

export const listSecurityEntries = route({
  action: 'identity.security.list',
  rest: 'GET /identity/security/entries',
  summary: 'List sign-ins and changes to how the own account is protected, newest first',
  permission: 'signedIn',
  params: Object({ ...page, isSignIn: Optional(Boolean()) }, strict),
  result: pageOf(SecurityEntry),
  errors: [],
})

/** What the checkup looks at; the pages say what to do about it. */
export const SecurityCheck = Object({
  password: Object({
    changedAt: Union([timestamp, Null()]),
    strength: Union([Integer(), Null()], {
      description: '0 to 4 as estimated when it was set; null when it was set before there were estimates.',
    }),
  }),
  secondFactor: SecondFactorState,
  sessions: Integer(),
  /** Sign-ins of thirty days from places that were not known before. */
  newPlaces: Integer(),
})
export type SecurityCheck = Static<typeof SecurityCheck>

export const showSecurity = route({
  action: 'identity.security.show',
  rest: 'GET /identity/security',
  summary: 'How well the own account is protected',
  permission: 'signedIn',
  params: Object({}, strict),
  result: SecurityCheck,
  errors: [],
})

export const showUserSecurity = route({
  action: 'identity.users.security',
  rest: 'GET /users/:userId/security',
  summary: "Show how a user's account is protected and what changed about that",
  permission: 'identity.users.read',
  params: Object({ ...page, userId: id }, strict),
  result: Object({
    check: SecurityCheck,
    items: Array(SecurityEntry),
    nextCursor: Optional(String()),
  }),
  errors: [identityRefusals.user_not_found.code],
})
