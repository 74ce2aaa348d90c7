import type { Knex } from 'knex'
import { implement, ulid, type Implementation, type Principal } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import {
  dismiss,
  dismissedBy,
  findAnnouncement,
  openAnnouncements,
  pageOfAnnouncements,
  shownOf,
  updateAnnouncement,
  withDismissals,
  type AnnouncementRow,
} from './announcements-table.ts'
import { announcementsRefusals } from './refusals.ts'
import {
  changeAnnouncement,
  createAnnouncement,
  dismissAnnouncement,
  listAnnouncements,
  listShownAnnouncements,
  showAnnouncement,
  withdrawAnnouncement,
  type Announcement,
  type ShownAnnouncement,
} from './routes.ts'

export interface AnnouncementsOptions {
  readonly database: Knex
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Announcements {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
}

interface Content extends Pick<Announcement, 'level' | 'audience' | 'texts' | 'isDismissible'> {
  readonly fromAt?: string
  readonly untilAt?: string | null
}

/** Says only that something changed: what a reader is told is theirs to ask for. */
const CHANNEL = 'announcements.changes'
const DISMISSALS = 'announcements.dismissals'
const MANAGE = 'announcements.announcements.manage'

function isFor(principal: Principal, { audience }: ShownAnnouncement): boolean {
  if (audience === 'everyone') return true
  if (principal.kind !== 'user') return principal.kind === 'system'
  return audience === 'signedIn' || principal.permissions.has(MANAGE)
}

function byOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

export function createAnnouncements({
  database,
  realtime,
  clock = systemClock,
}: AnnouncementsOptions): Announcements {
  async function shownTo(principal: Principal): Promise<ShownAnnouncement[]> {
    const items = (await openAnnouncements(database, clock.now())).map(shownOf)
    const away = principal.kind === 'user' ? await dismissedBy(database, principal.userId) : new Set()
    return items.filter((one) => isFor(principal, one) && !(one.isDismissible && away.has(one.id)))
  }

  async function find(id: string): Promise<AnnouncementRow> {
    const row = await findAnnouncement(database, id)
    if (!row) throw announcementsRefusals.announcement_not_found({ announcementId: id })
    return row
  }
  async function show(id: string): Promise<Announcement> {
    const [one] = await withDismissals(database, [await find(id)])
    return one as Announcement
  }

  function columnsOf({ level, audience, texts, isDismissible, fromAt, untilAt }: Content, earlier: Date) {
    if (!texts.en) throw announcementsRefusals.english_needed()
    const from = fromAt === undefined ? earlier : new Date(fromAt)
    const until = untilAt ? new Date(untilAt) : null
    if (until && until <= from) throw announcementsRefusals.must_end_after_it_begins()
    return {
      level,
      audience,
      texts: JSON.stringify(texts),
      is_dismissible: isDismissible ? 1 : 0,
      from_at: from,
      until_at: until,
    }
  }

  async function create(content: Content, by: string): Promise<Announcement> {
    const id = ulid()
    const now = clock.now()
    await database<AnnouncementRow>('announcements_announcements').insert({
      id,
      ...columnsOf(content, now),
      withdrawn_at: null,
      revision: 1,
      changed_by: by,
      changed_at: now,
    })
    realtime.publish(CHANNEL, 'all', { id })
    return show(id)
  }

  /** Nobody's change is lost: who read an older state is told the present one. */
  async function write(
    id: string,
    revision: number,
    change: (before: AnnouncementRow) => Partial<AnnouncementRow>,
    by: string,
  ): Promise<Announcement> {
    const before = await find(id)
    if (before.withdrawn_at) throw announcementsRefusals.already_withdrawn()
    const columns = { ...change(before), id, changed_by: by, changed_at: clock.now() }
    if (before.revision !== revision || !(await updateAnnouncement(database, { ...columns, revision })))
      throw announcementsRefusals.changed_meanwhile({ current: await show(id) })
    realtime.publish(CHANNEL, 'all', { id })
    return show(id)
  }

  realtime.provide('announcements', { name: CHANNEL, access: 'public' }, async () => null)
  realtime.provide('announcements', { name: DISMISSALS, access: 'user' }, async () => null)

  const implementations = [
    implement(listShownAnnouncements, async ({ principal }) => ({ items: await shownTo(principal) })),
    implement(dismissAnnouncement, async ({ params: { announcementId }, userId }) => {
      await find(announcementId)
      await dismiss(database, userId, announcementId, clock.now())
      realtime.publish(DISMISSALS, userId, { id: announcementId })
      return {}
    }),
    implement(listAnnouncements, ({ params }) => pageOfAnnouncements(database, params)),
    implement(showAnnouncement, ({ params }) => show(params.announcementId)),
    implement(createAnnouncement, ({ params, principal }) => create(params, byOf(principal))),
    implement(changeAnnouncement, ({ params: { announcementId, revision, ...content }, principal }) =>
      write(announcementId, revision, (before) => columnsOf(content, before.from_at), byOf(principal)),
    ),
    implement(withdrawAnnouncement, ({ params: { announcementId, revision }, principal }) =>
      write(announcementId, revision, () => ({ withdrawn_at: clock.now() }), byOf(principal)),
    ),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [{ id: MANAGE, title: 'Write announcements', roles: ['admin'] }],
    exportUser: async (userId) => ({ dismissedAnnouncements: [...(await dismissedBy(database, userId))] }),
    async eraseUser(userId) {
      await database('announcements_dismissals').where({ user_id: userId }).delete()
    },
  }
}
