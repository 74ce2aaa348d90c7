import type { Knex } from 'knex'
import { implement, ulid, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { viewsRefusals } from './refusals.ts'
import { changeView, createView, listViews, removeView, type View } from './routes.ts'

export interface ViewsOptions {
  readonly database: Knex
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Views {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  /** Removes what was kept of an owner's lists. */
  forget(owner: string): Promise<void>
}

type ViewContent = Pick<View, 'name' | 'query' | 'columns'>

interface ViewRow {
  id: string
  user_id: string
  list_id: string
  name: string
  query: string
  columns: string
  created_at: Date
  changed_at: Date
}

const CHANNEL = 'views.lists'
const VIEWS_MAX = 20

function viewOf(row: ViewRow): View {
  return {
    id: row.id,
    name: row.name,
    query: JSON.parse(row.query) as View['query'],
    columns: JSON.parse(row.columns) as View['columns'],
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  }
}

function columnsOf({ name, query, columns }: ViewContent) {
  return { name: name.trim(), query: JSON.stringify(query), columns: JSON.stringify(columns) }
}

/** Another view has the name: whoever came first keeps it. */
async function namedOnce<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ER_DUP_ENTRY') throw viewsRefusals.name_already_used()
    throw error
  }
}

export function createViews({ database, realtime, clock = systemClock }: ViewsOptions): Views {
  const table = () => database<ViewRow>('views_views')

  async function list(userId: string, listId: string): Promise<View[]> {
    const rows = await table().where({ user_id: userId, list_id: listId }).orderBy('id')
    return rows.map(viewOf)
  }

  /** Tells the user's other pages, and answers what there is now. */
  async function publish(userId: string, listId: string): Promise<View[]> {
    const items = await list(userId, listId)
    realtime.publish(CHANNEL, userId, { listId, items })
    return items
  }

  async function find(userId: string, listId: string, viewId: string): Promise<View> {
    const row = await table().where({ id: viewId, user_id: userId, list_id: listId }).first()
    if (!row) throw viewsRefusals.view_not_found({ viewId })
    return viewOf(row)
  }

  async function create(userId: string, listId: string, content: ViewContent): Promise<View> {
    if ((await list(userId, listId)).length >= VIEWS_MAX) throw viewsRefusals.exceeds_maximum()
    const id = ulid()
    const now = clock.now()
    const row = { id, user_id: userId, list_id: listId, ...columnsOf(content) }
    await namedOnce(() => table().insert({ ...row, created_at: now, changed_at: now }))
    await publish(userId, listId)
    return find(userId, listId, id)
  }

  async function change(
    userId: string,
    { listId, viewId, ...content }: ViewContent & { readonly listId: string; readonly viewId: string },
  ): Promise<View> {
    const place = { id: viewId, user_id: userId, list_id: listId }
    await find(userId, listId, viewId)
    await namedOnce(() =>
      table()
        .where(place)
        .update({ ...columnsOf(content), changed_at: clock.now() }),
    )
    await publish(userId, listId)
    return find(userId, listId, viewId)
  }

  async function remove(userId: string, listId: string, viewId: string): Promise<View[]> {
    const count = await table().where({ id: viewId, user_id: userId, list_id: listId }).delete()
    if (count === 0) throw viewsRefusals.view_not_found({ viewId })
    return publish(userId, listId)
  }

  // A page reads the list it shows; the channel only tells what changed since.
  realtime.provide('views', { name: CHANNEL, access: 'user' }, () => Promise.resolve(null))

  const implementations = [
    implement(listViews, async ({ params: { listId }, userId }) => ({ items: await list(userId, listId) })),
    implement(createView, ({ params: { listId, ...content }, userId }) => create(userId, listId, content)),
    implement(changeView, ({ params, userId }) => change(userId, params)),
    implement(removeView, async ({ params: { listId, viewId }, userId }) => ({
      items: await remove(userId, listId, viewId),
    })),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    exportUser: async (userId) => {
      const rows = await table().where({ user_id: userId }).orderBy('id')
      return { views: rows.map((row) => ({ list: row.list_id, ...viewOf(row) })) }
    },
    async eraseUser(userId) {
      await table().where({ user_id: userId }).delete()
    },
    async forget(owner) {
      await table().where({ list_id: owner }).orWhere('list_id', 'like', `${owner}.%`).delete()
    },
  }
}
