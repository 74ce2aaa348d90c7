import { Array, Enum, Null, Number, Object, Optional, Record, String, Union, type Static } from 'typebox'
import { id, page, pageOf, route, signedDecimal, timestamp } from '../contract/index.ts'

const strict = { additionalProperties: false }
const kindName = String({ maxLength: 128, pattern: '^[a-zA-Z0-9.-]+$' })

export const ActivityEntry = Object({
  id,
  owner: String({ description: 'The plugin whose locales have the texts, or `platform`.' }),
  kind: kindName,
  title: String({ description: "A key of the owner's locales." }),
  icon: String(),
  assetId: Union([id, Null()]),
  amount: Union([signedDecimal, Null()], { description: 'What came, or with a minus what left.' }),
  state: Enum(['pending', 'done', 'failed', 'canceled']),
  link: Union([String(), Null()]),
  data: Record(String(), Union([String(), Number()])),
  at: timestamp,
})
export type ActivityEntry = Static<typeof ActivityEntry>

const filters = {
  owner: Optional(String({ maxLength: 64 })),
  kind: Optional(kindName),
  assetId: Optional(id),
  from: Optional(timestamp),
  until: Optional(timestamp),
}

export const listActivity = route({
  action: 'activity.entries.list',
  rest: 'GET /activity',
  summary: 'List what happened to the own money and account, newest first',
  permission: 'signedIn',
  params: Object({ ...page, ...filters }, strict),
  result: pageOf(ActivityEntry),
  errors: [],
})

export const listUserActivity = route({
  action: 'activity.entries.review',
  rest: 'GET /users/:userId/activity',
  summary: "List what happened to a user's money and account, newest first",
  permission: 'activity.entries.review',
  params: Object({ ...page, ...filters, userId: id }, strict),
  result: pageOf(ActivityEntry),
  errors: [],
})

export const listActivityKinds = route({
  action: 'activity.kinds.list',
  rest: 'GET /activity/kinds',
  summary: 'List what entries there may be, by product',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Object({
    items: Array(
      Object({
        owner: String(),
        name: String({ description: 'Of the product.' }),
        kinds: Array(Object({ kind: kindName, title: String(), icon: String() })),
      }),
    ),
  }),
  errors: [],
})
