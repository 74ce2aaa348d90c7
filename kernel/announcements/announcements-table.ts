import type { Knex } from 'knex'
import { execute } from '../database/index.ts'
import type { Announcement, ShownAnnouncement } from './routes.ts'

export interface AnnouncementRow {
  id: string
  level: Announcement['level']
  audience: Announcement['audience']
  texts: string
  is_dismissible: number
  from_at: Date
  until_at: Date | null
  withdrawn_at: Date | null
  revision: number
  changed_by: string
  changed_at: Date
}

interface Counted {
  readonly announcement_id: string
  readonly dismissals: number
}

const PAGE_ROWS = 50
const table = 'announcements_announcements'

export function shownOf(row: AnnouncementRow): ShownAnnouncement {
  return {
    id: row.id,
    level: row.level,
    audience: row.audience,
    texts: JSON.parse(row.texts) as ShownAnnouncement['texts'],
    isDismissible: row.is_dismissible === 1,
    fromAt: row.from_at.toISOString(),
    untilAt: row.until_at?.toISOString() ?? null,
  }
}

export async function withDismissals(
  database: Knex,
  rows: readonly AnnouncementRow[],
): Promise<Announcement[]> {
  const counted = (await database('announcements_dismissals')
    .whereIn(
      'announcement_id',
      rows.map(({ id }) => id),
    )
    .groupBy('announcement_id')
    .select('announcement_id')
    .count({ dismissals: '*' })) as Counted[]
  return rows.map((row) => ({
    ...shownOf(row),
    withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
    dismissals: Number(counted.find((one) => one.announcement_id === row.id)?.dismissals ?? 0),
    revision: row.revision,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }))
}

export async function findAnnouncement(database: Knex, id: string): Promise<AnnouncementRow | undefined> {
  return database<AnnouncementRow>(table).where({ id }).first()
}

/** What is shown now, or will be. */
export async function openAnnouncements(database: Knex, now: Date): Promise<AnnouncementRow[]> {
  return database<AnnouncementRow>(table)
    .whereNull('withdrawn_at')
    .where((either) => either.whereNull('until_at').orWhere('until_at', '>', now))
    .orderBy(['from_at', 'id'])
}

export async function pageOfAnnouncements(
  database: Knex,
  { limit = PAGE_ROWS, cursor }: { readonly limit?: number; readonly cursor?: string },
): Promise<{ items: Announcement[]; nextCursor?: string }> {
  const query = database<AnnouncementRow>(table)
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) void query.where('id', '<', cursor)
  const found = await query
  const items = await withDismissals(database, found.slice(0, limit))
  const last = items.at(-1)
  return found.length > limit && last ? { items, nextCursor: last.id } : { items }
}

/** False when the announcement is not at `revision` any more. */
export async function updateAnnouncement(
  database: Knex,
  { id, revision, ...columns }: Pick<AnnouncementRow, 'id' | 'revision'> & Partial<AnnouncementRow>,
): Promise<boolean> {
  const changed = await database<AnnouncementRow>(table)
    .where({ id, revision })
    .whereNull('withdrawn_at')
    .update({ ...columns, revision: revision + 1 })
  return changed === 1
}

export async function dismissedBy(database: Knex, userId: string): Promise<ReadonlySet<string>> {
  const rows = await database<{ announcement_id: string; user_id: string }>('announcements_dismissals')
    .where({ user_id: userId })
    .select('announcement_id')
  return new Set(rows.map((row) => row.announcement_id))
}

export async function dismiss(database: Knex, userId: string, id: string, at: Date): Promise<void> {
  await execute(
    database,
    'INSERT IGNORE INTO announcements_dismissals (user_id, announcement_id, at) VALUES (?, ?, ?)',
    [userId, id, at],
  )
}
