import { Array, Boolean, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, route, timestamp } from '../../contract/index.ts'
import { identityRefusals } from '../refusals.ts'

const strict = { additionalProperties: false }
const code = String({ minLength: 6, maxLength: 40, description: 'Six digits, or a recovery code.' })
const codeErrors = [identityRefusals.code_wrong.code, identityRefusals.code_blocked.code]
const recoveryCodes = Object({
  recoveryCodes: Array(String(), { description: 'Shown this once; each opens the account once.' }),
})

export const SecondFactorState = Object({
  isActive: Boolean(),
  activatedAt: Union([timestamp, Null()]),
  recoveryCodesLeft: Integer(),
})
export type SecondFactorState = Static<typeof SecondFactorState>

export const showSecondFactor = route({
  action: 'identity.secondFactor.show',
  rest: 'GET /identity/second-factor',
  summary: 'Show whether signing in asks for a code',
  permission: 'signedIn',
  params: Object({}, strict),
  result: SecondFactorState,
  errors: [],
})

export const beginSecondFactor = route({
  action: 'identity.secondFactor.begin',
  rest: 'POST /identity/second-factor',
  summary: 'Get a secret for an authenticator app; nothing asks for it until it is activated',
  permission: 'signedIn',
  isSensitive: true,
  params: Object({}, strict),
  result: Object({ secret: String(), uri: String({ description: 'What the QR code says.' }) }),
  errors: [identityRefusals.second_factor_already_active.code],
})

export const activateSecondFactor = route({
  action: 'identity.secondFactor.activate',
  rest: 'POST /identity/second-factor/activate',
  summary: 'Turn two-factor authentication on with the first code of the app',
  permission: 'signedIn',
  isSensitive: true,
  params: Object({ code }, strict),
  result: recoveryCodes,
  errors: [
    ...codeErrors,
    identityRefusals.second_factor_not_begun.code,
    identityRefusals.second_factor_already_active.code,
  ],
})

export const renewRecoveryCodes = route({
  action: 'identity.secondFactor.renewCodes',
  rest: 'POST /identity/second-factor/recovery-codes',
  summary: 'Get ten new recovery codes in place of the present ones',
  permission: 'signedIn',
  isSensitive: true,
  params: Object({}, strict),
  result: recoveryCodes,
  errors: [identityRefusals.second_factor_not_active.code],
})

export const removeSecondFactor = route({
  action: 'identity.secondFactor.remove',
  rest: 'POST /identity/second-factor/remove',
  summary: 'Turn two-factor authentication off',
  permission: 'signedIn',
  isSensitive: true,
  params: Object({ code }, strict),
  result: SecondFactorState,
  errors: [...codeErrors, identityRefusals.second_factor_not_active.code],
})

export const confirmIdentity = route({
  action: 'identity.sessions.confirm',
  rest: 'POST /identity/confirm',
  summary: 'Prove again who is there, for what is sensitive',
  description:
    'With two-factor authentication the code is asked for, without it the password. It holds for ten minutes.',
  permission: 'signedIn',
  params: Object(
    { password: Optional(String({ minLength: 1, maxLength: 1000 })), code: Optional(code) },
    strict,
  ),
  result: Object({ confirmedUntil: timestamp }),
  errors: [...codeErrors, identityRefusals.credentials_wrong.code, identityRefusals.login_blocked.code],
})

export const resetSecondFactor = route({
  action: 'identity.users.resetSecondFactor',
  rest: 'POST /users/:userId/second-factor/reset',
  summary: "Turn a user's two-factor authentication off, for who has lost the app and the recovery codes",
  permission: 'identity.users.manage',
  isSensitive: true,
  params: Object({ userId: id, reason: String({ minLength: 3, maxLength: 300 }) }, strict),
  result: SecondFactorState,
  errors: [identityRefusals.user_not_found.code, identityRefusals.second_factor_not_active.code],
})
