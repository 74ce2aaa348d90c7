import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import type { Channels } from '../channels.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { ParamsOf, PermissionDeclaration, ToggleDeclaration } from '../contract/index.ts'
import { isOnFor, type ToggleState, type ToggleUser } from './evaluation.ts'
import { togglesRefusals } from './refusals.ts'
import {
  changeToggle,
  countToggleAudience,
  listOwnToggles,
  listToggleChanges,
  listToggles,
  showToggle,
  type Toggle,
  type ToggleChange,
} from './routes.ts'
import {
  allStates,
  countAudience,
  forgetStates,
  idsOfOwner,
  stateChanges,
  storeState,
  type KeptState,
} from './states-table.ts'

export interface TogglesOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly realtime: Channels
  readonly findUser: (userId: string) => Promise<ToggleUser | undefined>
  readonly clock?: Clock
  readonly log?: Logger
}

export interface Toggles {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** The toggles of an owner, in place of those it gave before. */
  publish(owner: string, ownerName: string, declared: readonly ToggleDeclaration[]): void
  withdraw(owner: string): void
  forget(owner: string): Promise<void>
  /** Null is a visitor. */
  isOn(toggle: ToggleDeclaration, userId: string | null): Promise<boolean>
  start(): Promise<void>
  stop(): void
}

interface Offered {
  readonly owner: string
  readonly ownerName: string
  readonly toggle: ToggleDeclaration
}

/** Says only that something changed: what is on for a reader is theirs to ask for. */
const CHANNEL = 'toggles.changes'
const topic = 'cambium.toggles.changes'

function defaultState({ isOnByDefault }: ToggleDeclaration): ToggleState {
  return { mode: isOnByDefault ? 'on' : 'off', percentage: 0, userIds: [], levels: [] }
}

function contentOf({ mode, percentage, userIds, levels }: ToggleState) {
  return { mode, percentage, userIds: [...userIds], levels: [...levels] }
}

function byOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

/** What is on for whom. States are kept in memory on every node, so that asking costs next to nothing. */
export function createToggles(options: TogglesOptions): Toggles {
  const { database, redis, realtime, findUser, clock = systemClock, log = createLogger('toggles') } = options
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const offered = new Map<string, readonly Offered[]>()
  let states: ReadonlyMap<string, KeptState> = new Map()
  const all = (): Offered[] => [...offered.values()].flat()

  function stateOf(toggle: ToggleDeclaration): ToggleState {
    return states.get(toggle.id)?.state ?? defaultState(toggle)
  }
  function find(toggleId: string): Offered {
    const found = all().find(({ toggle }) => toggle.id === toggleId)
    if (!found) throw togglesRefusals.toggle_not_found({ toggleId })
    return found
  }
  const load = async (): Promise<void> => {
    states = await allStates(database)
  }
  async function announce(): Promise<void> {
    await load()
    realtime.publish(CHANNEL, 'all', {})
    await redis.publish(topic, '')
  }

  async function isOn(toggle: ToggleDeclaration, userId: string | null): Promise<boolean> {
    const state = stateOf(toggle)
    const user = userId === null || state.mode !== 'some' ? null : ((await findUser(userId)) ?? null)
    return isOnFor(toggle.id, state, user)
  }

  async function valuesFor(principal: Principal): Promise<Record<string, boolean>> {
    const user = principal.kind === 'user' ? ((await findUser(principal.userId)) ?? null) : null
    return Object.fromEntries(
      all()
        .map(({ toggle }) => ({ toggle, isOn: isOnFor(toggle.id, stateOf(toggle), user) }))
        .filter(({ toggle, isOn: is }) => is !== toggle.isOnByDefault)
        .map(({ toggle, isOn: is }) => [toggle.id, is]),
    )
  }

  async function show({ owner, ownerName, toggle }: Offered): Promise<Toggle> {
    const { id, title, description, isOnByDefault } = toggle
    const kept = states.get(id)
    const state = stateOf(toggle)
    return {
      id,
      owner,
      ownerName,
      title,
      description,
      isOnByDefault,
      ...contentOf(state),
      audience: await countAudience(database, id, state),
      revision: kept?.revision ?? 0,
      changedBy: kept?.changedBy ?? null,
      changedAt: kept?.changedAt.toISOString() ?? null,
    }
  }

  async function change({ toggleId, revision, ...state }: ParamsOf<typeof changeToggle>, by: string) {
    const one = find(toggleId)
    const known = await Promise.all(state.userIds.map(findUser))
    const unknown = state.userIds.find((_, index) => known[index] === undefined)
    if (unknown !== undefined) throw togglesRefusals.user_not_found({ userId: unknown })
    const kept = { state, revision: revision + 1, changedBy: by, changedAt: clock.now() }
    await load()
    const isPresent = (states.get(toggleId)?.revision ?? 0) === revision
    if (!isPresent || !(await storeState(database, toggleId, kept))) {
      await load()
      throw togglesRefusals.changed_meanwhile({ current: await show(one) })
    }
    await announce()
    return show(one)
  }

  async function changes(toggleId: string): Promise<ToggleChange[]> {
    find(toggleId)
    return (await stateChanges(database, toggleId)).map(({ state, revision, changedBy, changedAt }) => ({
      ...contentOf(state),
      revision,
      changedBy,
      changedAt: changedAt.toISOString(),
    }))
  }

  realtime.provide('toggles', { name: CHANNEL, access: 'public' }, async () => null)
  const failed = (error: unknown): void => log.error('feature toggles could not be read anew', { error })

  const implementations = [
    implement(listOwnToggles, async ({ principal }) => ({ values: await valuesFor(principal) })),
    implement(listToggles, async () => ({ items: await Promise.all(all().map(show)) })),
    implement(showToggle, ({ params }) => show(find(params.toggleId))),
    implement(changeToggle, ({ params, principal }) => change(params, byOf(principal))),
    implement(countToggleAudience, ({ params: { toggleId, ...state } }) =>
      countAudience(database, find(toggleId).toggle.id, state),
    ),
    implement(listToggleChanges, async ({ params }) => ({ items: await changes(params.toggleId) })),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [{ id: 'toggles.toggles.manage', title: 'Say for whom features are on', roles: ['admin'] }],
    publish(owner, ownerName, declared) {
      offered.set(
        owner,
        declared.map((toggle) => ({ owner, ownerName, toggle })),
      )
      realtime.publish(CHANNEL, 'all', {})
    },
    withdraw: (owner) => void offered.delete(owner),
    async forget(owner) {
      await forgetStates(database, await idsOfOwner(database, owner))
      await announce()
    },
    isOn,
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
