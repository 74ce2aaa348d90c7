import { refusals } from '../contract/index.ts'

export const identityRefusals = refusals('identity', {
  credentials_wrong: { status: 401, message: 'The e-mail address or the password is wrong.' },
  login_blocked: {
    status: 429,
    message: 'Too many failed attempts to sign in. Please wait before the next one.',
    retryable: true,
  },
  registration_closed: { status: 403, message: 'New accounts cannot be opened at the moment.' },
  email_already_used: { status: 409, message: 'There is an account with this e-mail address already.' },
  email_malformed: { status: 422, message: 'This is not an e-mail address.' },
  password_must_be_longer: { status: 422, message: 'A password has at least 10 characters.' },
  password_must_be_shorter: { status: 422, message: 'A password has at most 200 characters.' },
  password_too_common: {
    status: 422,
    message: 'This password is one of the first that an attacker would try.',
  },
  password_must_differ_from_email: {
    status: 422,
    message: 'A password must not be the e-mail address or a part of it.',
  },
  user_not_found: { status: 404, message: 'There is no such user.' },
  code_wrong: { status: 422, message: 'This code is wrong, or it was used before.' },
  code_blocked: {
    status: 429,
    message: 'Too many wrong codes. Please wait before the next one.',
    retryable: true,
  },
  challenge_expired: { status: 401, message: 'Signing in took too long. Please begin again.' },
  confirmation_needed: {
    status: 403,
    message: 'Please confirm that it is you before you do this.',
  },
  second_factor_not_begun: { status: 409, message: 'Set two-factor authentication up first.' },
  second_factor_not_active: { status: 409, message: 'Two-factor authentication is off.' },
  second_factor_already_active: { status: 409, message: 'Two-factor authentication is on already.' },
  session_not_found: { status: 404, message: 'There is no such session.' },
  mail_not_set_up: { status: 409, message: 'This platform does not send letters. Please ask its support.' },
  email_already_confirmed: { status: 409, message: 'Your e-mail address is confirmed already.' },
  letters_blocked: {
    status: 429,
    message: 'You were sent enough letters for now. Please look for them first.',
    retryable: true,
  },
  link_expired: { status: 422, message: 'This link was used before, or it is too old. Ask for another.' },
  time_zone_unknown: { status: 422, message: 'There is no such time zone.' },
  role_not_found: { status: 404, message: 'There is no such role.' },
})
