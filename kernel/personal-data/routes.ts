import { Array, Object, Record, String, Unknown } from 'typebox'
import { id, route, timestamp } from '../contract/index.ts'
import { identityRefusals } from '../identity/routes.ts'
import { personalDataRefusals } from './refusals.ts'

export { personalDataRefusals } from './refusals.ts'

const strict = { additionalProperties: false }

export const exportAccount = route({
  action: 'personalData.accounts.export',
  rest: 'GET /account/export',
  summary: 'All that the platform keeps about you',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({
    exportedAt: timestamp,
    owners: Record(String(), Record(String(), Array(Unknown())), {
      description: 'By part of the platform or plugin, then by what it is.',
    }),
    missing: Array(String(), { description: 'Parts that did not answer; ask again later.' }),
  }),
  errors: [],
  rateLimit: { points: 10, durationSeconds: 3600, per: 'user' },
})

export const eraseOwnAccount = route({
  action: 'personalData.accounts.close',
  rest: 'POST /account/erase',
  summary: 'Close the own account and take everything personal out of it',
  description:
    'It cannot be undone, and waits until nothing is left in the wallets. Entries of the books stay.',
  permission: 'signedIn',
  isSensitive: true,
  params: Object({ confirmation: String({ description: "The account's e-mail address." }) }, strict),
  result: Object({ done: Array(String()), waiting: Array(String()) }),
  errors: [personalDataRefusals.confirmation_wrong.code, personalDataRefusals.account_not_empty.code],
})

export const eraseAccount = route({
  action: 'personalData.accounts.erase',
  rest: 'POST /users/:userId/erase',
  summary: 'Take everything personal out of an account',
  description:
    'It cannot be undone. Entries of the books stay, under the bare id. A plugin that is not enabled follows when it is.',
  permission: 'identity.users.manage',
  params: Object(
    {
      userId: id,
      reason: String({ minLength: 3, maxLength: 300 }),
      confirmation: String({ description: "The account's e-mail address." }),
    },
    strict,
  ),
  result: Object({ done: Array(String()), waiting: Array(String()) }),
  errors: [identityRefusals.user_not_found.code, personalDataRefusals.confirmation_wrong.code],
})
