import { Boolean, Enum, Integer, Null, Object, Optional, String, Union, type Static } from 'typebox'
import { id, page, pageOf, route, timestamp } from '../contract/index.ts'
import { mailRefusals } from './refusals.ts'

export { mailRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const manage = 'mail.letters.manage'

export const letterStates = ['waiting', 'sent', 'failed', 'expired'] as const

export const SentLetter = Object({
  id,
  kind: String(),
  recipient: String(),
  state: Enum([...letterStates]),
  attempts: Integer(),
  answer: Union([String(), Null()], { description: 'What the server said last.' }),
  nextAt: Union([timestamp, Null()]),
  createdAt: timestamp,
  finishedAt: Union([timestamp, Null()]),
})
export type SentLetter = Static<typeof SentLetter>

export const showMail = route({
  action: 'mail.setup.show',
  rest: 'GET /mail',
  summary: 'Whether the platform can send letters',
  description: 'Pages say so where something would need one.',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ isSetUp: Boolean() }),
  errors: [],
})

export const testMail = route({
  action: 'mail.setup.test',
  rest: 'POST /mail/test',
  summary: 'Send a letter to oneself now, with the settings as they are',
  permission: manage,
  params: Object({}, strict),
  result: Object({ recipient: String(), answer: String() }),
  errors: [mailRefusals.not_set_up.code, mailRefusals.not_sent.code],
  rateLimit: { points: 20, durationSeconds: 600, per: 'user' },
})

export const listLetters = route({
  action: 'mail.letters.list',
  rest: 'GET /mail/letters',
  summary: 'List the letters of the last month, newest first; what they say is not told',
  permission: manage,
  params: Object({ ...page, state: Optional(Enum([...letterStates])) }, strict),
  result: pageOf(SentLetter),
  errors: [],
})

export const retryLetter = route({
  action: 'mail.letters.retry',
  rest: 'POST /mail/letters/:letterId/retry',
  summary: 'Try a letter again that failed',
  permission: manage,
  params: Object({ letterId: id }, strict),
  result: SentLetter,
  errors: [mailRefusals.letter_not_found.code, mailRefusals.letter_not_failed.code],
})
