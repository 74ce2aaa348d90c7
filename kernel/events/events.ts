import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { checkOf, createLogger, ulid, type Check, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { EventDeclaration, PermissionDeclaration } from '../contract/index.ts'
import type { Replaced } from '../broker/index.ts'
import type { EventListener } from './event.ts'
import { eventImplementations } from './events.service.ts'
import { deleteUndelivered, saveListeners, writeEvents, type Emitted } from './outbox-table.ts'
import { Pump, type AroundDelivery } from './pump.ts'

export interface EventsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly clock?: Clock
  readonly log?: Logger
  readonly around?: AroundDelivery
}

export type Listeners = Readonly<Record<string, EventListener>>

export interface Events {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** Writes events in the caller's transaction; their listeners are woken when it has committed. */
  emitAll(trx: Knex.Transaction, event: EventDeclaration, items: readonly Emitted[]): Promise<void>
  /** Who listens, by name of the event. Events are kept for the owner from the first time on. */
  publish(owner: string, listeners: Listeners): Replaced
  withdraw(owner: string): Replaced
  setDisabled(owner: string, events: readonly string[]): void
  isServed(owner: string, event: string): boolean
  /** Looks at everything that waits: after the clock was moved. */
  wake(): void
  /** Resolves when nothing is being told. */
  idle(): Promise<void>
  /** Forgets what nobody came for in a month; answers how many. */
  forgetOld(): Promise<number>
  forget(owner: string): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const SWEEP_MS = 5_000
const KEY_LENGTH_MAX = 190
const DAYS_MAX = 30
const WAITING_MAX = 100_000
const DAY_MS = 24 * 60 * 60_000
const topic = 'cambium.events.emitted'

export function createEvents(options: EventsOptions): Events {
  const { database, redis, clock = systemClock, log = createLogger('events') } = options
  const node = ulid()
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const served = new Map<string, Listeners>()
  const disabled = new Map<string, ReadonlySet<string>>()
  const pumps = new Map<string, Pump>()
  const saving = new Map<string, Promise<void>>()
  const checks = new WeakMap<EventDeclaration, Check>()
  const emitted = new Set<string>()
  let hasStarted = false
  let sweeping: NodeJS.Timeout | undefined

  function listenerOf(owner: string, event: string): EventListener | undefined {
    return disabled.get(owner)?.has(event) ? undefined : served.get(owner)?.[event]
  }

  const isServed = (owner: string, event: string): boolean => listenerOf(owner, event) !== undefined

  function pump(owner: string, event: string): Pump {
    const key = `${owner} ${event}`
    const known = pumps.get(key)
    if (known) return known
    const listener = (): EventListener | undefined => listenerOf(owner, event)
    const made = new Pump({ owner, event }, { ...options, clock, log, node, listener })
    pumps.set(key, made)
    return made
  }

  function wakeEvent(event: string): void {
    if (!hasStarted) return
    for (const [owner, listeners] of served) if (listeners[event]) pump(owner, event).wake()
  }

  function wakeOwner(owner: string): void {
    if (!hasStarted) return
    for (const event of Object.keys(served.get(owner) ?? {})) pump(owner, event).wake()
  }

  function wake(): void {
    for (const owner of served.keys()) wakeOwner(owner)
  }

  function announce(event: string): void {
    if (emitted.size === 0) {
      setImmediate(() => {
        for (const one of emitted) {
          wakeEvent(one)
          redis.publish(topic, one).catch(() => undefined)
        }
        emitted.clear()
      })
    }
    emitted.add(event)
  }

  function assertData(event: EventDeclaration, { key, data }: Emitted): void {
    const check = checks.get(event) ?? checkOf(event.data)
    checks.set(event, check)
    const errors = check(data)
    if (errors.length > 0) {
      const faults = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join(', ')
      throw new Error(`${event.name} is emitted with data it does not declare: ${faults}`)
    }
    if (key === '' || key.length > KEY_LENGTH_MAX)
      throw new Error(`${event.name}: a key has 1 to 190 characters.`)
  }

  /** What an owner is being told at this moment: it ends in the code it began in. */
  function toldBy(owner: string): Replaced {
    const own = [...pumps].filter(([key]) => key.startsWith(`${owner} `)).map(([, one]) => one)
    return {
      inFlight: own.reduce((sum, one) => sum + one.inFlight, 0),
      drained: async (deadlineMs) => {
        const late = Promise.withResolvers<boolean>()
        const timer = setTimeout(() => late.resolve(false), deadlineMs)
        const ended = Promise.all(own.map((one) => one.current())).then(() => true)
        const isDrained = await Promise.race([ended, late.promise])
        clearTimeout(timer)
        return isDrained
      },
    }
  }

  async function save(owner: string, listeners: Listeners): Promise<void> {
    try {
      await saveListeners(database, owner, Object.keys(listeners))
      wakeOwner(owner)
    } catch (error) {
      log.error(`the listeners of ${owner} could not be written down`, { error })
    } finally {
      saving.delete(owner)
    }
  }

  function sweepSoon(): void {
    sweeping = setTimeout(() => {
      wake()
      sweepSoon()
    }, SWEEP_MS)
    sweeping.unref()
  }

  return {
    implementations: eventImplementations({
      database,
      clock,
      isServed,
      announce,
    }),
    permissions: [
      { id: 'events.deliveries.manage', title: 'See and repeat deliveries of events', roles: ['admin'] },
    ],
    async emitAll(trx, event, items) {
      for (const item of items) assertData(event, item)
      if (items.length === 0 || !(await writeEvents(trx, event.name, items, clock.now()))) return
      let root: Knex.Transaction = trx
      while (root.parentTransaction) root = root.parentTransaction
      root.executionPromise.then(
        () => announce(event.name),
        () => undefined,
      )
    },
    publish(owner, listeners) {
      const before = toldBy(owner)
      served.set(owner, listeners)
      if (hasStarted) saving.set(owner, save(owner, listeners))
      return before
    },
    withdraw(owner) {
      served.delete(owner)
      return toldBy(owner)
    },
    setDisabled(owner, events) {
      disabled.set(owner, new Set(events))
      wakeOwner(owner)
    },
    isServed,
    wake,
    async idle() {
      await Promise.all(saving.values())
      await Promise.all([...pumps.values()].map((one) => one.idle))
    },
    forgetOld: () =>
      deleteUndelivered(database, new Date(clock.now().getTime() - DAYS_MAX * DAY_MS), WAITING_MAX),
    async forget(owner) {
      await saveListeners(database, owner, [])
    },
    async start() {
      subscriber.on('message', (_, event: string) => wakeEvent(event))
      await subscriber.subscribe(topic)
      hasStarted = true
      for (const [owner, listeners] of served) await save(owner, listeners)
      sweepSoon()
    },
    async stop() {
      hasStarted = false
      clearTimeout(sweeping)
      await Promise.allSettled(saving.values())
      await Promise.allSettled([...pumps.values()].map((one) => one.stop()))
      subscriber.disconnect()
    },
  }
}
