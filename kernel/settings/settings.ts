import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, type Implementation, type Logger } from '../broker/index.ts'
import type { Channels } from '../channels.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { SettingsSchema } from '../plugins/manifest.ts'
import { forgetChanges } from './changes-table.ts'
import { liveView, type LiveSettings, type SettingsValues } from './live-settings.ts'
import type { SettingsOwner, SettingsOwners } from './owners.ts'
import { createSealing } from './sealing.ts'
import { createSecretBox, provideKeys } from './secrets.ts'
import { createSettingsDesk } from './settings-desk.ts'
import { noSettings, settingsRules } from './settings-schema.ts'
import { allStoredSettings, nothingStored, storedSettings, type StoredSettings } from './settings-table.ts'

export interface SettingsOptions {
  readonly database: Knex
  readonly redis: Redis
  readonly realtime: Channels
  /** The keys of secrets are kept there unless `SETTINGS_KEYS` has them. */
  readonly dataDirectory: string
  readonly log?: Logger
}

export interface Settings {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** An owner's values under a schema; they follow every change, on whatever node it was made. */
  open(owner: string, schema: SettingsSchema | undefined): LiveSettings
  /** Where owners are found that may not be running; one that is not among them is not there. */
  lookUp(owners: SettingsOwners): void
  /** All owners there are. */
  owners(): Promise<readonly SettingsOwner[]>
  forget(owner: string): Promise<void>
  start(): Promise<void>
  stop(): void
}

type Listener = (values: SettingsValues) => void

const topic = 'cambium.settings.changes'
/** Says only whose settings changed. */
const CHANNEL = 'settings.changes'

/** Values operators set, by owner. */
export function createSettings(options: SettingsOptions): Settings {
  const { database, redis, realtime, dataDirectory, log = createLogger('settings') } = options
  const sealing = createSealing(createSecretBox(provideKeys(dataDirectory)), log)
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const stored = new Map<string, StoredSettings>()
  const listeners = new Map<string, Set<() => void>>()
  let owners: SettingsOwners = { list: async () => [] }

  function open(owner: string, schema: SettingsSchema = noSettings): LiveSettings {
    const rules = settingsRules(schema)
    let seen: StoredSettings | undefined
    let values: SettingsValues = {}
    const read = (): SettingsValues => {
      const now = stored.get(owner) ?? nothingStored
      if (now !== seen) {
        values = rules.fit(sealing.opened(owner, rules, now.content))
        seen = now
      }
      return values
    }
    return {
      values: liveView(read),
      onChange: (listener: Listener) => {
        const told = (): void => listener(read())
        const all = listeners.get(owner) ?? new Set()
        listeners.set(owner, all.add(told))
        return () => void all.delete(told)
      },
    }
  }

  function take(owner: string, next: StoredSettings): void {
    if (stored.get(owner)?.revision === next.revision) return
    stored.set(owner, next)
    for (const told of listeners.get(owner) ?? []) told()
  }

  async function announce(owner: string): Promise<void> {
    const now = await storedSettings(database, owner)
    take(owner, now)
    await redis.publish(topic, owner)
    realtime.publish(CHANNEL, 'all', { owner, revision: now.revision })
  }

  async function loadAll(): Promise<void> {
    for (const [owner, one] of await allStoredSettings(database)) take(owner, one)
  }

  const failed = (error: unknown): void => log.error('settings could not be read anew', { error })
  const { implementations } = createSettingsDesk({ database, sealing, owners: () => owners, announce })
  realtime.provide('settings', { name: CHANNEL, access: 'plugins.marketplace.manage' }, async () => null)

  return {
    implementations,
    permissions: [],
    open,
    lookUp: (found) => {
      owners = found
    },
    owners: () => owners.list(),
    async forget(owner) {
      await database('settings_values').where({ owner }).delete()
      await forgetChanges(database, owner)
      await announce(owner)
    },
    async start() {
      subscriber.on('message', (_, owner: string) => {
        storedSettings(database, owner).then((next) => take(owner, next), failed)
      })
      // What was announced while the connection was away was missed.
      subscriber.on('ready', () => void loadAll().catch(failed))
      await subscriber.subscribe(topic)
      await loadAll()
    },
    stop: () => subscriber.disconnect(),
  }
}
