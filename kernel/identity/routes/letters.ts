import { Boolean, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { route } from '../../contract/index.ts'
import { identityRefusals } from '../refusals.ts'

const strict = { additionalProperties: false }
const token = String({ minLength: 20, maxLength: 100, pattern: '^[A-Za-z0-9_-]+$' })
const passwordErrors = [
  identityRefusals.password_must_be_longer.code,
  identityRefusals.password_must_be_shorter.code,
  identityRefusals.password_too_common.code,
  identityRefusals.password_must_differ_from_email.code,
]

const profileWords = {
  displayName: Union([String({ maxLength: 60, pattern: '^[^<>\\u0000-\\u001f]*$' }), Null()]),
  language: Union([String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 10 }), Null()]),
  timeZone: Union([String({ maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$' }), Null()]),
}

export const Profile = Object({
  ...profileWords,
  email: String(),
  isEmailConfirmed: Boolean(),
  canConfirm: Boolean({ description: 'A letter with the link can be sent.' }),
})
export type Profile = Static<typeof Profile>

export const showProfile = route({
  action: 'identity.profile.show',
  rest: 'GET /identity/profile',
  summary: 'Show what the own account says of its owner',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Profile,
  errors: [],
})

export const changeProfile = route({
  action: 'identity.profile.change',
  rest: 'PATCH /identity/profile',
  summary: 'Change name, language or time zone of the own account',
  description: 'What is left out stays as it is; null takes it away.',
  permission: 'signedIn',
  params: Object(
    {
      displayName: Optional(profileWords.displayName),
      language: Optional(profileWords.language),
      timeZone: Optional(profileWords.timeZone),
    },
    strict,
  ),
  result: Profile,
  errors: [identityRefusals.time_zone_unknown.code],
})

export const sendConfirmation = route({
  action: 'identity.email.sendConfirmation',
  rest: 'POST /identity/email/confirmation',
  summary: 'Have a link sent that confirms the own address',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({ email: String() }),
  errors: [
    identityRefusals.mail_not_set_up.code,
    identityRefusals.email_already_confirmed.code,
    identityRefusals.letters_blocked.code,
    identityRefusals.user_not_found.code,
  ],
})

export const confirmEmail = route({
  action: 'identity.email.confirm',
  rest: 'POST /identity/email/confirm',
  summary: 'Confirm the address a link was sent to',
  permission: 'public',
  params: Object({ token }, strict),
  result: Object({ email: String() }),
  errors: [identityRefusals.link_expired.code],
  rateLimit: { points: 60, durationSeconds: 3600, per: 'address' },
})

export const forgotPassword = route({
  action: 'identity.credentials.forgotten',
  rest: 'POST /identity/password/forgotten',
  summary: 'Have a link sent to choose a new password with',
  description: 'The answer is the same whether there is an account of this address or not.',
  permission: 'public',
  params: Object({ email: String({ minLength: 3, maxLength: 254 }) }, strict),
  result: Object({}),
  errors: [identityRefusals.mail_not_set_up.code],
  rateLimit: { points: 20, durationSeconds: 3600, per: 'address' },
})

export const resetPassword = route({
  action: 'identity.credentials.reset',
  rest: 'POST /identity/password/reset',
  summary: 'Choose a new password with the link that was sent',
  description: 'Ends every session of the account; a second factor stays as it is.',
  permission: 'public',
  params: Object({ token, newPassword: String({ minLength: 1, maxLength: 1000 }) }, strict),
  result: Object({}),
  errors: [identityRefusals.link_expired.code, ...passwordErrors],
  rateLimit: { points: 60, durationSeconds: 3600, per: 'address' },
})
