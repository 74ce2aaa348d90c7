import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger } from '../broker/index.ts'
import type { PermissionDeclaration, ResultOf } from '../contract/index.ts'
import type { SettingsSchema } from '../plugins/manifest.ts'
import { liveView, type LiveSettings, type SettingsValues } from './live-settings.ts'
import { settingsRefusals } from './refusals.ts'
import { changeSettings, showSettings } from './routes.ts'
import { createSecretBox, provideKeys } from './secrets.ts'
import { noSettings, settingsRules, type SettingsRules } from './settings-schema.ts'
import {
  allStoredSettings,
  nothingStored,
  storedSettings,
  storeSettings,
  type StoredSettings,
} from './settings-table.ts'

export interface SettingsOptions {
  readonly database: Knex
  readonly redis: Redis
  /** The keys of secrets are kept there unless `SETTINGS_KEYS` has them. */
  readonly dataDirectory: string
  readonly log?: Logger
}

export interface Settings {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** An owner's values under a schema; they follow every change, on whatever node it was made. */
  open(owner: string, schema: SettingsSchema | undefined): LiveSettings
  /** Where the schema of an owner that may not be running is found; without one the owner is not there. */
  lookUp(find: (owner: string) => Promise<SettingsSchema | undefined>): void
  forget(owner: string): Promise<void>
  start(): Promise<void>
  stop(): void
}

type Answer = ResultOf<typeof showSettings>
type Listener = (values: SettingsValues) => void

const topic = 'cambium.settings.changes'

/** Values operators set, by owner. */
export function createSettings(options: SettingsOptions): Settings {
  const { database, redis, dataDirectory, log = createLogger('settings') } = options
  const box = createSecretBox(provideKeys(dataDirectory))
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const stored = new Map<string, StoredSettings>()
  const listeners = new Map<string, Set<() => void>>()
  let find: (owner: string) => Promise<SettingsSchema | undefined> = async () => undefined

  /** What is kept, with secrets in clear; one that no key opens counts as not set. */
  function opened(owner: string, rules: SettingsRules, content: SettingsValues): SettingsValues {
    const entries = Object.entries(content).flatMap(([name, value]) => {
      if (!rules.secrets.has(name)) return [[name, value]]
      try {
        return [[name, box.open(String(value), `${owner}.${name}`)]]
      } catch (error) {
        log.error(`the secret ${name} of ${owner} cannot be read`, { error })
        return []
      }
    })
    return Object.fromEntries(entries) as SettingsValues
  }

  function sealed(owner: string, rules: SettingsRules, values: SettingsValues): SettingsValues {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        rules.secrets.has(name) ? box.seal(String(value), `${owner}.${name}`) : value,
      ]),
    )
  }

  function open(owner: string, schema: SettingsSchema = noSettings): LiveSettings {
    const rules = settingsRules(schema)
    let seen: StoredSettings | undefined
    let values: SettingsValues = {}
    const read = (): SettingsValues => {
      const now = stored.get(owner) ?? nothingStored
      if (now !== seen) {
        values = rules.fit(opened(owner, rules, now.content))
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

  async function rulesOf(owner: string): Promise<{ schema: SettingsSchema; rules: SettingsRules }> {
    const schema = await find(owner)
    if (!schema) throw settingsRefusals.owner_not_found({ owner })
    return { schema, rules: settingsRules(schema) }
  }

  async function show(owner: string): Promise<Answer> {
    const { schema, rules } = await rulesOf(owner)
    const { content, revision } = await storedSettings(database, owner)
    const values = { ...rules.fit(opened(owner, rules, content)) }
    for (const name of rules.secrets) values[name] = { isSet: values[name] !== undefined }
    return { schema: schema as Answer['schema'], values, revision }
  }

  async function change(owner: string, given: SettingsValues, revision: number, by: string): Promise<Answer> {
    const { rules } = await rulesOf(owner)
    const before = await storedSettings(database, owner)
    if (before.revision !== revision) throw settingsRefusals.changed_meanwhile()
    const kept = opened(owner, rules, before.content)
    const next: Record<string, unknown> = { ...given }
    for (const name of rules.secrets) {
      if (next[name] === undefined && kept[name] !== undefined) next[name] = kept[name]
      if (next[name] === null || next[name] === undefined) delete next[name]
    }
    const { errors } = rules.check(next)
    if (errors.length > 0) throw settingsRefusals.values_invalid({ errors })
    const isStored = await storeSettings(
      database,
      owner,
      { content: sealed(owner, rules, next), revision },
      by,
    )
    if (!isStored) throw settingsRefusals.changed_meanwhile()
    await announce(owner)
    return show(owner)
  }

  async function announce(owner: string): Promise<void> {
    take(owner, await storedSettings(database, owner))
    await redis.publish(topic, owner)
  }

  async function loadAll(): Promise<void> {
    for (const [owner, one] of await allStoredSettings(database)) take(owner, one)
  }

  const failed = (error: unknown): void => log.error('settings could not be read anew', { error })
  const implementations = [
    implement(showSettings, ({ params }) => show(params.pluginId)),
    implement(changeSettings, ({ params: { pluginId, values, revision }, principal }) =>
      change(pluginId, values, revision, principal.kind === 'user' ? principal.userId : principal.kind),
    ),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    open,
    lookUp: (finder) => {
      find = finder
    },
    async forget(owner) {
      await database('settings_values').where({ owner }).delete()
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
