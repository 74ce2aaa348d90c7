import type { Knex } from 'knex'
import {
  createLogger,
  implement,
  ulid,
  type Implementation,
  type Logger,
  type Principal,
} from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { NoticeKind, PermissionDeclaration } from '../contract/index.ts'
import { execute, selectRows } from '../database/index.ts'
import type { Channels } from '../channels.ts'
import { choicesOf, saveChoice } from './choices.ts'
import { kindOf, platformKinds, type OfferedKind } from './kinds.ts'
import { postNotice, type LetterParts } from './notice-letters.ts'
import type { NewNotice, Recipient } from './notice.ts'
import { notificationsRefusals } from './refusals.ts'
import { chooseNotices, listNoticeChoices, listNotices, readNotices, type Notice } from './routes.ts'

export interface NotificationsOptions {
  readonly database: Knex
  readonly realtime: Channels
  /** Ids of those who hold a permission. */
  readonly holdersOf: (permission: string) => Promise<readonly string[]>
  readonly clock?: Clock
  readonly log?: Logger
}

export interface Notifications {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Writes a notice once per key and shows it in open pages. */
  notify(owner: string, notice: NewNotice): Promise<void>
  /** Kinds of an owner that users choose among, in place of those it declared before. */
  publish(owner: string, kinds: readonly NoticeKind[]): void
  /** From then on notices are letters as well, for who wants them so. */
  useLetters(parts: LetterParts): void
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  forgetOld(): Promise<number>
  forget(owner: string): Promise<void>
}

interface NoticeRow {
  id: string
  user_id: string
  owner: string
  kind: string
  title: string
  body: string
  data: string
  link: string | null
  created_at: Date
  read_at: Date | null
}

const CHANNEL = 'notifications.notices'
const PAGE_ROWS = 30
const SHOWN = 20
const DAYS_MAX = 180
const DAY_MS = 24 * 60 * 60_000
const localPath = /^\/(?![/\\])/

export function createNotifications(options: NotificationsOptions): Notifications {
  const { database, realtime, holdersOf, clock = systemClock, log = createLogger('notifications') } = options

  const declared = new Map<string, readonly OfferedKind[]>()
  let letters: LetterParts | undefined
  const kinds = (): readonly OfferedKind[] => [...platformKinds, ...[...declared.values()].flat()]

  function noticeOf(row: NoticeRow): Notice {
    const data = JSON.parse(row.data) as Notice['data']
    return {
      id: row.id,
      owner: row.owner,
      kind: row.kind,
      title: row.title,
      body: row.body,
      data,
      link: row.link,
      isRead: row.read_at !== null,
      createdAt: row.created_at.toISOString(),
    }
  }

  async function unreadOf(userId: string): Promise<number> {
    const [row] = await selectRows<{ unread: number }>(
      database,
      'SELECT COUNT(*) AS unread FROM notifications_notices WHERE user_id = ? AND read_at IS NULL',
      [userId],
    )
    return Number.parseInt(String(row?.unread ?? 0), 10)
  }

  async function list(userId: string, query: { limit?: number; cursor?: string; isUnread?: boolean } = {}) {
    const { limit = PAGE_ROWS, cursor, isUnread } = query
    const rows = database<NoticeRow>('notifications_notices')
      .where({ user_id: userId })
      .orderBy('id', 'desc')
      .limit(limit + 1)
    if (cursor !== undefined) void rows.where('id', '<', cursor)
    if (isUnread === true) void rows.whereNull('read_at')
    const found = await rows
    const items = found.slice(0, limit).map(noticeOf)
    const last = items.at(-1)
    const unread = await unreadOf(userId)
    return found.length > limit && last ? { items, unread, nextCursor: last.id } : { items, unread }
  }

  async function notifyUser(owner: string, userId: string, notice: NewNotice): Promise<void> {
    const { key, kind, title, body, data = {}, link = null } = notice
    if (link !== null && !localPath.test(link))
      throw new Error(`${kind}: a notice links to a path of the portal.`)
    const row = {
      id: ulid(),
      user_id: userId,
      owner,
      kind,
      title,
      body,
      data: JSON.stringify(data),
      link,
      created_at: clock.now(),
      read_at: null,
    }
    const written = await execute(
      database,
      `INSERT IGNORE INTO notifications_notices
         (id, user_id, owner, notice_key, kind, title, body, data, link, created_at) VALUES (?)`,
      [[row.id, userId, owner, key, kind, title, body, row.data, link, row.created_at]],
    )
    if (written === 0) return
    const kindOfNotice = kindOf(kinds(), owner, kind)
    const choice = (await choicesOf(database, userId))(kindOfNotice)
    if (choice.email && letters) {
      const isFixed = kindOfNotice?.isFixed === true
      await postNotice(database, letters, { owner, userId, content: notice, isFixed })
    }
    // Kept all the same, so that the key is known; it is just not new to anybody.
    if (!choice.inApp) {
      await database<NoticeRow>('notifications_notices')
        .where({ id: row.id })
        .update({ read_at: row.created_at })
      return
    }
    realtime.publish(CHANNEL, userId, { items: [noticeOf(row)], unread: await unreadOf(userId) })
  }

  async function recipients(to: Recipient): Promise<readonly string[]> {
    return to.userId === undefined ? holdersOf(to.permission) : [to.userId]
  }

  function offeredTo(principal: Principal): readonly OfferedKind[] {
    const held = principal.kind === 'user' ? principal.permissions : new Set<string>()
    return kinds().filter(({ permission }) => permission === undefined || held.has(permission))
  }

  async function choices(userId: string, principal: Principal) {
    const choose = await choicesOf(database, userId)
    const items = offeredTo(principal).map((kind) => ({
      owner: kind.owner,
      kind: kind.kind,
      title: kind.title,
      isFixed: kind.isFixed === true,
      ...choose(kind),
    }))
    return { items, canSendLetters: letters?.mail.isSetUp === true }
  }

  realtime.provide('notifications', { name: CHANNEL, access: 'user' }, ({ key }) =>
    list(key, { limit: SHOWN }),
  )

  const implementations = [
    implement(listNotices, ({ params, userId }) => list(userId, params)),
    implement(readNotices, async ({ params: { ids }, userId }) => {
      const unreadRows = database<NoticeRow>('notifications_notices')
        .where({ user_id: userId })
        .whereNull('read_at')
      if (ids) void unreadRows.whereIn('id', ids)
      await unreadRows.update({ read_at: clock.now() })
      const unread = await unreadOf(userId)
      // The user's other pages follow.
      realtime.publish(CHANNEL, userId, { items: [], unread, read: ids ?? 'all' })
      return { unread }
    }),
    implement(listNoticeChoices, ({ userId, principal }) => choices(userId, principal)),
    implement(chooseNotices, async ({ params: { kind, inApp, email }, userId, principal }) => {
      const found = offeredTo(principal).find((one) => one.kind === kind)
      if (!found) throw notificationsRefusals.kind_not_found({ kind })
      if (found.isFixed) throw notificationsRefusals.kind_must_stay()
      await saveChoice(database, userId, kind, { inApp, email })
      return choices(userId, principal)
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    async notify(owner, notice) {
      for (const userId of await recipients(notice)) {
        await notifyUser(owner, userId, notice).catch((error: unknown) => {
          log.error(`a notice of ${owner} could not be written`, { kind: notice.kind, error })
          throw error
        })
      }
    },
    publish: (owner, own) =>
      void declared.set(
        owner,
        own.map((kind) => ({ ...kind, owner })),
      ),
    useLetters: (parts) => {
      letters = parts
    },
    exportUser: async (userId) => ({
      choices: await database('notifications_choices')
        .where({ user_id: userId })
        .select('kind', 'channel', 'is_on'),
      notices: (
        await database<NoticeRow>('notifications_notices').where({ user_id: userId }).orderBy('id')
      ).map(noticeOf),
    }),
    async eraseUser(userId) {
      await database('notifications_notices').where({ user_id: userId }).delete()
      await database('notifications_choices').where({ user_id: userId }).delete()
    },
    forgetOld: () =>
      execute(database, 'DELETE FROM notifications_notices WHERE created_at < ?', [
        new Date(clock.now().getTime() - DAYS_MAX * DAY_MS),
      ]),
    async forget(owner) {
      await database('notifications_notices').where({ owner }).delete()
    },
  }
}
