import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Object,
  Optional,
  Record,
  String,
  Union,
  type Static,
} from 'typebox'
import { page, pageOf, route, timestamp } from '../contract/index.ts'
import { announcementsRefusals } from './refusals.ts'

export { announcementsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'announcements.announcements.manage'
const announcementId = String({ maxLength: 32, pattern: '^[0-9A-Z]+$' })
const revision = Integer({ minimum: 1, description: 'Of what was read: another one is refused.' })

export const AnnouncementText = Object(
  {
    title: String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
    body: String({ maxLength: 5_000, description: 'Markdown; raw HTML is shown as text.' }),
  },
  strict,
)
export type AnnouncementText = Static<typeof AnnouncementText>

const texts = Record(
  String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 20 }),
  AnnouncementText,
  {
    maxProperties: 40,
    description: 'By locale; a locale without one reads the English.',
  },
)

const content = {
  level: Enum(['info', 'success', 'warning', 'critical']),
  audience: Enum(['everyone', 'signedIn', 'operators']),
  texts,
  isDismissible: Boolean(),
  fromAt: Optional(timestamp),
  untilAt: Optional(Union([timestamp, Null()])),
}

const told = {
  id: announcementId,
  ...content,
  fromAt: timestamp,
  untilAt: Union([timestamp, Null()]),
}

export const ShownAnnouncement = Object(told)
export type ShownAnnouncement = Static<typeof ShownAnnouncement>

export const Announcement = Object({
  ...told,
  withdrawnAt: Union([timestamp, Null()]),
  dismissals: Integer({ description: 'How many users put it away.' }),
  revision: Integer(),
  changedBy: String(),
  changedAt: timestamp,
})
export type Announcement = Static<typeof Announcement>

const changing = [
  announcementsRefusals.announcement_not_found.code,
  announcementsRefusals.already_withdrawn.code,
  announcementsRefusals.changed_meanwhile.code,
]
const writing = [
  announcementsRefusals.must_end_after_it_begins.code,
  announcementsRefusals.english_needed.code,
]

export const listShownAnnouncements = route({
  action: 'announcements.announcements.current',
  rest: 'GET /announcements',
  summary: 'List what the caller should be told now or soon, without what they put away',
  permission: 'public',
  params: Object({}, strict),
  result: Object({ items: Array(ShownAnnouncement) }),
  errors: [],
})

export const dismissAnnouncement = route({
  action: 'announcements.announcements.dismiss',
  rest: 'POST /announcements/:announcementId/dismiss',
  summary: 'Put an announcement away',
  permission: 'signedIn',
  params: Object({ announcementId }, strict),
  result: Object({}),
  errors: [announcementsRefusals.announcement_not_found.code],
})

export const listAnnouncements = route({
  action: 'announcements.announcements.list',
  rest: 'GET /announcements/all',
  summary: 'List every announcement, newest first',
  permission,
  params: Object({ ...page }, strict),
  result: pageOf(Announcement),
  errors: [],
})

export const showAnnouncement = route({
  action: 'announcements.announcements.show',
  rest: 'GET /announcements/:announcementId',
  summary: 'Show an announcement',
  permission,
  params: Object({ announcementId }, strict),
  result: Announcement,
  errors: [announcementsRefusals.announcement_not_found.code],
})

export const createAnnouncement = route({
  action: 'announcements.announcements.create',
  rest: 'POST /announcements',
  summary: 'Write an announcement',
  description: 'It is shown from now on unless it says when, until its end or until it is taken down.',
  permission,
  params: Object(content, strict),
  result: Announcement,
  errors: writing,
})

export const changeAnnouncement = route({
  action: 'announcements.announcements.change',
  rest: 'PUT /announcements/:announcementId',
  summary: 'Change an announcement',
  permission,
  params: Object({ announcementId, ...content, revision }, strict),
  result: Announcement,
  errors: [...changing, ...writing],
})

export const withdrawAnnouncement = route({
  action: 'announcements.announcements.withdraw',
  rest: 'POST /announcements/:announcementId/withdraw',
  summary: 'Take an announcement down',
  permission,
  shownBy: 'announcements.announcements.show',
  params: Object({ announcementId, revision }, strict),
  result: Announcement,
  errors: changing,
})
