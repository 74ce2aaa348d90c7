import {
  Array,
  Boolean,
  Integer,
  Null,
  Number,
  Object,
  Optional,
  Record,
  String,
  Union,
  type Static,
} from 'typebox'
import { id, page, route, timestamp } from '../contract/index.ts'

const strict = { additionalProperties: false }

export const Notice = Object({
  id,
  owner: String({ description: 'The plugin whose locales have the texts, or `platform`.' }),
  kind: String(),
  title: String({ description: "A key of the owner's locales, like `body`." }),
  body: String(),
  data: Record(String(), Union([String(), Number()])),
  link: Union([String(), Null()]),
  isRead: Boolean(),
  createdAt: timestamp,
})
export type Notice = Static<typeof Notice>

export const listNotices = route({
  action: 'notifications.notices.list',
  rest: 'GET /notifications',
  summary: 'List the own notices, newest first',
  permission: 'signedIn',
  params: Object({ ...page, isUnread: Optional(Boolean()) }, strict),
  result: Object({ items: Array(Notice), unread: Integer(), nextCursor: Optional(String()) }),
  errors: [],
})

export const readNotices = route({
  action: 'notifications.notices.read',
  rest: 'POST /notifications/read',
  summary: 'Mark own notices as read, or all of them',
  permission: 'signedIn',
  params: Object({ ids: Optional(Array(id, { maxItems: 500 })) }, strict),
  result: Object({ unread: Integer() }),
  errors: [],
})
