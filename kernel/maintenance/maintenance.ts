import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { implement, ulid, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { maintenanceRefusals } from './refusals.ts'
import {
  changeMaintenance,
  endMaintenance,
  listMaintenance,
  listMaintenanceWindows,
  planMaintenance,
  showMaintenanceWindow,
  type MaintenanceWindow,
  type PlannedMaintenance,
} from './routes.ts'
import {
  findWindow,
  insertWindow,
  openWindows,
  pageOfWindows,
  updateWindow,
  type WindowRow,
} from './windows-table.ts'

export interface MaintenanceOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly realtime: Channels
  readonly log: Logger
  readonly clock?: Clock
}

export interface Maintenance {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Throws `maintenance.product_rests` where what the route belongs to is closed to this caller. */
  assertOpen(route: { readonly action: string; readonly isRead: boolean }, principal: Principal): void
  /** What is closed now: `platform`, or ids of products. */
  resting(): ReadonlySet<string>
  /** Names of products by id: what can be closed. */
  lookUp(find: () => Promise<ReadonlyMap<string, string>>): void
  start(): Promise<void>
  stop(): void
}

interface Content {
  readonly message: string
  readonly beginsAt?: string
  readonly endsAt?: string | null
}

const CHANNEL = 'maintenance.windows'
const PLATFORM = 'platform'
const MANAGE = 'maintenance.windows.manage'
const topic = 'cambium.maintenance.windows'
const RETRY_SECONDS = 60
/** While the platform rests one can still look, sign in and out, and read why. */
const alwaysOpen: ReadonlySet<string> = new Set(['identity', 'maintenance', 'announcements'])

function isOperator(principal: Principal): boolean {
  return principal.kind === 'system' || (principal.kind === 'user' && principal.permissions.has(MANAGE))
}

function byOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

export function createMaintenance(options: MaintenanceOptions): Maintenance {
  const { database, redis, realtime, log, clock = systemClock } = options
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  let open: readonly WindowRow[] = []
  let names: () => Promise<ReadonlyMap<string, string>> = async () => new Map()
  let known: ReadonlyMap<string, string> = new Map()

  function planOf(row: WindowRow): PlannedMaintenance {
    return {
      id: row.id,
      scope: row.scope,
      name: known.get(row.scope) ?? '',
      message: row.message,
      beginsAt: row.begins_at.toISOString(),
      endsAt: row.ends_at?.toISOString() ?? null,
    }
  }
  function windowOf(row: WindowRow): MaintenanceWindow {
    return {
      ...planOf(row),
      endedAt: row.ended_at?.toISOString() ?? null,
      revision: row.revision,
      changedBy: row.changed_by,
      changedAt: row.changed_at.toISOString(),
    }
  }
  const current = () => ({ items: open.map(planOf) })

  async function load(): Promise<void> {
    known = await names()
    open = await openWindows(database)
  }
  async function announce(): Promise<void> {
    await load()
    realtime.publish(CHANNEL, 'all', current())
    await redis.publish(topic, '')
  }

  async function find(windowId: string): Promise<WindowRow> {
    const row = await findWindow(database, windowId)
    if (!row) throw maintenanceRefusals.window_not_found({ windowId })
    return row
  }
  async function show(windowId: string): Promise<MaintenanceWindow> {
    return windowOf(await find(windowId))
  }

  function timesOf({ beginsAt, endsAt }: Content, earlier: Date): { begins_at: Date; ends_at: Date | null } {
    const begins = beginsAt === undefined ? earlier : new Date(beginsAt)
    const ends = endsAt ? new Date(endsAt) : null
    if (ends && ends <= begins) throw maintenanceRefusals.must_end_after_it_begins()
    return { begins_at: begins, ends_at: ends }
  }

  async function plan(scope: string, content: Content, by: string): Promise<MaintenanceWindow> {
    if (scope !== PLATFORM && !(await names()).has(scope))
      throw maintenanceRefusals.scope_not_found({ scope })
    const now = clock.now()
    const id = ulid()
    const row = {
      id,
      scope,
      message: content.message.trim(),
      ...timesOf(content, now),
      ended_at: null,
      revision: 1,
      changed_by: by,
      changed_at: now,
    }
    if (!(await insertWindow(database, row))) throw maintenanceRefusals.window_already_open({ scope })
    await announce()
    return show(id)
  }

  /** Nobody's change is lost: who read an older state is told the present one. */
  async function write(
    windowId: string,
    revision: number,
    change: (before: WindowRow) => Partial<WindowRow>,
    by: string,
  ): Promise<MaintenanceWindow> {
    const before = await find(windowId)
    if (before.ended_at) throw maintenanceRefusals.window_already_ended()
    const columns = { ...change(before), id: windowId, changed_by: by, changed_at: clock.now() }
    if (before.revision !== revision || !(await updateWindow(database, { ...columns, revision })))
      throw maintenanceRefusals.changed_meanwhile({ current: await show(windowId) })
    await announce()
    return show(windowId)
  }

  function assertOpen(
    { action, isRead }: { readonly action: string; readonly isRead: boolean },
    principal: Principal,
  ): void {
    if (open.length === 0 || isOperator(principal)) return
    const owner = action.slice(0, action.indexOf('.'))
    const now = clock.now()
    const closed = open.find(
      ({ scope, begins_at: beginsAt }) =>
        beginsAt <= now &&
        (scope === owner || (scope === PLATFORM && !alwaysOpen.has(owner) && (known.has(owner) || !isRead))),
    )
    if (!closed) return
    const leftMs = (closed.ends_at?.getTime() ?? 0) - now.getTime()
    const retryAfterSeconds = leftMs > 0 ? Math.ceil(leftMs / 1_000) : RETRY_SECONDS
    throw maintenanceRefusals.product_rests({ ...planOf(closed), retryAfterSeconds })
  }

  realtime.provide('maintenance', { name: CHANNEL, access: 'public' }, async () => current())

  const implementations = [
    implement(listMaintenance, async () => current()),
    implement(listMaintenanceWindows, async ({ params }) => {
      const { rows, ...rest } = await pageOfWindows(database, params)
      return { items: rows.map(windowOf), ...rest }
    }),
    implement(showMaintenanceWindow, ({ params }) => show(params.windowId)),
    implement(planMaintenance, ({ params: { scope, ...content }, principal }) =>
      plan(scope, content, byOf(principal)),
    ),
    implement(changeMaintenance, ({ params: { windowId, revision, ...content }, principal }) =>
      write(
        windowId,
        revision,
        (before) => ({ message: content.message.trim(), ...timesOf(content, before.begins_at) }),
        byOf(principal),
      ),
    ),
    implement(endMaintenance, ({ params: { windowId, revision }, principal }) =>
      write(windowId, revision, () => ({ ended_at: clock.now() }), byOf(principal)),
    ),
  ] satisfies Implementation<never>[]

  const failed = (error: unknown): void => log.error('maintenance could not be read anew', { error })
  return {
    implementations,
    permissions: [
      { id: MANAGE, title: 'Close products for maintenance, and go in meanwhile', roles: ['admin'] },
    ],
    assertOpen,
    resting: () =>
      new Set(open.filter(({ begins_at: beginsAt }) => beginsAt <= clock.now()).map(({ scope }) => scope)),
    lookUp: (finder) => {
      names = finder
    },
    async start() {
      subscriber.on('message', () => void load().catch(failed))
      // What was announced while the connection was away was missed.
      subscriber.on('ready', () => void load().catch(failed))
      await subscriber.subscribe(topic)
      await load()
    },
    stop: () => subscriber.disconnect(),
  }
}
