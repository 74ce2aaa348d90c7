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
import { notificationsRefusals } from './refusals.ts'

export { notificationsRefusals } from './refusals.ts'

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

export const NoticeChoice = Object({
  owner: String({ description: 'The plugin whose locales have the title, or `platform`.' }),
  kind: String(),
  title: String(),
  inApp: Boolean(),
  email: Boolean(),
  isFixed: Boolean({ description: 'It is about the safety of the account and cannot be turned off.' }),
})
export type NoticeChoice = Static<typeof NoticeChoice>

const Choices = Object({ items: Array(NoticeChoice), canSendLetters: Boolean() })

export const listNoticeChoices = route({
  action: 'notifications.choices.list',
  rest: 'GET /notifications/choices',
  summary: 'List what one can be told of, and where one is',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Choices,
  errors: [],
})

export const chooseNotices = route({
  action: 'notifications.choices.choose',
  rest: 'PUT /notifications/choices/:kind',
  summary: 'Be told of a kind in the bell, by e-mail, in both or nowhere',
  permission: 'signedIn',
  params: Object({ kind: id, inApp: Boolean(), email: Boolean() }, strict),
  result: Choices,
  errors: [notificationsRefusals.kind_not_found.code, notificationsRefusals.kind_must_stay.code],
})
