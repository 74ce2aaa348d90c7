import type { Knex } from 'knex'
import { implement, type Implementation } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import {
  eventOf,
  id,
  timestamp,
  type EventDeclaration,
  type PermissionDeclaration,
} from '../contract/index.ts'
import type { EventListener } from '../events/index.ts'
import type { Channels } from '../channels.ts'
import { Object as ObjectOf, Unknown } from 'typebox'
import { readEntries, writeEntry } from './entries-table.ts'
import type { ActivityKind, NewActivity } from './entry.ts'
import { listActivity, listActivityKinds, listUserActivity, type ActivityEntry } from './routes.ts'

export interface ActivityOptions {
  readonly database: Knex
  readonly events: {
    emitAll(
      trx: Knex.Transaction,
      event: EventDeclaration,
      items: readonly { readonly data: unknown; readonly key: string }[],
    ): Promise<void>
    publish(owner: string, listeners: Readonly<Record<string, EventListener>>): unknown
  }
  readonly realtime: Channels
  readonly clock?: Clock
}

export interface Activity {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Which kinds an owner writes, in place of those it declared before. */
  publish(owner: string, name: string, kinds: readonly ActivityKind[]): void
  withdraw(owner: string): void
  /** Belongs to the caller's transaction: what is rolled back never happened, what is committed is in the feed. */
  record(
    trx: Knex.Transaction,
    owner: string,
    entries: readonly NewActivity[],
    /** Those of an owner that is starting and was not published yet. */
    kinds?: readonly ActivityKind[],
  ): Promise<void>
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  forget(owner: string): Promise<void>
}

interface Recorded {
  readonly owner: string
  readonly entry: Omit<NewActivity, 'at'> & { readonly title: string; readonly icon: string }
  readonly at: string
}

/** On its way from the transaction it happened in to the feed. */
export const activityRecorded = eventOf({
  name: 'activity.entry.recorded',
  title: "Something happened to a user's money or account",
  data: ObjectOf({ owner: id, entry: Unknown(), at: timestamp }),
})

const CHANNEL = 'activity.entries'
const OWNER = 'activity'
const SHOWN = 20
const EXPORTED_ROWS = 500
const localPath = /^\/(?![/\\])/

/** One feed over all products: written through the outbox, so complete, in order and each entry once. */
export function createActivity({
  database,
  events,
  realtime,
  clock = systemClock,
}: ActivityOptions): Activity {
  const declared = new Map<string, { readonly name: string; readonly kinds: readonly ActivityKind[] }>()

  function recordedOf(
    owner: string,
    kinds: readonly ActivityKind[],
    { at, ...entry }: NewActivity,
  ): { key: string; data: Recorded } {
    const kind = kinds.find((one) => one.kind === entry.kind)
    if (!kind) throw new Error(`${entry.kind} is no kind of activity of ${owner}.`)
    if (entry.link !== undefined && !localPath.test(entry.link))
      throw new Error(`${entry.kind}: an entry links to a path of the portal.`)
    const shown = { ...entry, title: entry.title ?? kind.title, icon: kind.icon }
    const data = { owner, entry: shown, at: (at ?? clock.now()).toISOString() }
    return { key: entry.userId, data }
  }

  async function take({ data: { owner, entry, at } }: { readonly data: Recorded }): Promise<void> {
    const written = await writeEntry(database, {
      user_id: entry.userId,
      owner,
      kind: entry.kind,
      entry_key: entry.key,
      title: entry.title,
      icon: entry.icon,
      asset_id: entry.assetId ?? null,
      amount: entry.amount ?? null,
      state: entry.state ?? 'done',
      link: entry.link ?? null,
      data: JSON.stringify(entry.data ?? {}),
      at: new Date(at),
    })
    realtime.publish(CHANNEL, entry.userId, { items: [written] })
  }

  events.publish(OWNER, { [activityRecorded.name]: take as EventListener })
  realtime.provide(OWNER, { name: CHANNEL, access: 'user' }, ({ key }) =>
    readEntries(database, key, { limit: SHOWN }),
  )

  async function everything(userId: string): Promise<ActivityEntry[]> {
    const items: ActivityEntry[] = []
    let cursor: string | undefined
    do {
      const found = await readEntries(database, userId, {
        limit: EXPORTED_ROWS,
        ...(cursor === undefined ? {} : { cursor }),
      })
      items.push(...found.items)
      cursor = found.nextCursor
    } while (cursor !== undefined)
    return items
  }

  const implementations = [
    implement(listActivity, ({ params, userId }) => readEntries(database, userId, params)),
    implement(listUserActivity, ({ params: { userId, ...query } }) => readEntries(database, userId, query)),
    implement(listActivityKinds, async () => ({
      items: [...declared]
        .filter(([, { kinds }]) => kinds.length > 0)
        .map(([owner, { name, kinds }]) => ({ owner, name, kinds: kinds.map((kind) => ({ ...kind })) })),
    })),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [
      { id: 'activity.entries.review', title: "See what happened to users' accounts", roles: ['admin'] },
    ],
    publish: (owner, name, kinds) => void declared.set(owner, { name, kinds }),
    withdraw: (owner) => void declared.delete(owner),
    async record(trx, owner, entries, kinds = declared.get(owner)?.kinds ?? []) {
      if (entries.length === 0) return
      await events.emitAll(
        trx,
        activityRecorded,
        entries.map((entry) => recordedOf(owner, kinds, entry)),
      )
    },
    exportUser: async (userId) => ({ entries: await everything(userId) }),
    async eraseUser(userId) {
      await database('activity_entries').where({ user_id: userId }).delete()
    },
    async forget(owner) {
      await database('activity_entries').where({ owner }).delete()
    },
  }
}
