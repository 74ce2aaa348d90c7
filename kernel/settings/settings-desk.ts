import { isDeepStrictEqual } from 'node:util'
import type { Knex } from 'knex'
import { implement, type Implementation, type Principal } from '../broker/index.ts'
import type { ParamsOf, ResultOf } from '../contract/index.ts'
import { keepChange, keptChange, keptChanges, type KeptChange, type SecretChange } from './changes-table.ts'
import type { SettingsValues } from './live-settings.ts'
import type { SettingsOwner, SettingsOwners } from './owners.ts'
import { settingsRefusals } from './refusals.ts'
import {
  changeSettings,
  listSettings,
  listSettingsChanges,
  restoreSettings,
  showSettings,
  type SettingsChange,
} from './routes.ts'
import type { Sealing } from './sealing.ts'
import { settingsRules, type SettingsRules } from './settings-schema.ts'
import { allStoredSettings, nothingStored, storedSettings, storeSettings } from './settings-table.ts'
import type { StoredSettings } from './settings-table.ts'

export interface SettingsDeskParts {
  readonly database: Knex
  readonly sealing: Sealing
  readonly owners: () => SettingsOwners
  /** Something was stored: whoever works with it is told. */
  readonly announce: (owner: string) => Promise<void>
}

type Answer = ResultOf<typeof showSettings>

interface Change {
  readonly owner: string
  readonly values: SettingsValues
  readonly revision: number
  readonly by: string
}

const PAGE_ROWS = 30

function byOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.kind
}

function withoutSecrets(rules: SettingsRules, values: SettingsValues): SettingsValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !rules.secrets.has(name)))
}

/** What stands in `values` for a secret: nothing leaves it as it is, a text replaces it, null removes it. */
function secretChanges(rules: SettingsRules, values: SettingsValues, kept: SettingsValues): SecretChange[] {
  return [...rules.secrets].flatMap((name): SecretChange[] => {
    if (values[name] === null && kept[name] !== undefined) return [{ name, is: 'removed' }]
    return values[name] === undefined || values[name] === null ? [] : [{ name, is: 'written' }]
  })
}

function withSecrets(rules: SettingsRules, values: SettingsValues, kept: SettingsValues): SettingsValues {
  const next: Record<string, unknown> = { ...values }
  for (const name of rules.secrets) {
    if (next[name] === undefined && kept[name] !== undefined) next[name] = kept[name]
    if (next[name] === null || next[name] === undefined) delete next[name]
  }
  return next
}

/** Everything by name that differs. */
function differences(before: SettingsValues, after: SettingsValues): SettingsChange['changes'] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }))
}

/** What operators do with settings: look, change, look back, go back. */
export function createSettingsDesk({ database, sealing, owners, announce }: SettingsDeskParts) {
  async function find(owner: string): Promise<SettingsOwner & { readonly rules: SettingsRules }> {
    const found = (await owners().list()).find(({ id }) => id === owner)
    if (!found) throw settingsRefusals.owner_not_found({ owner })
    return { ...found, rules: settingsRules(found.schema) }
  }

  function answerOf(
    { id, schema }: SettingsOwner,
    rules: SettingsRules,
    { content, revision, changedBy, changedAt }: StoredSettings,
  ): Answer {
    const values = { ...rules.fit(sealing.opened(id, rules, content)) }
    for (const name of rules.secrets) values[name] = { isSet: values[name] !== undefined }
    const changed = { changedBy, changedAt: changedAt?.toISOString() ?? null }
    return { schema: schema as Answer['schema'], values, revision, ...changed }
  }

  async function show(owner: string): Promise<Answer> {
    const found = await find(owner)
    return answerOf(found, found.rules, await storedSettings(database, owner))
  }

  async function list(): Promise<ResultOf<typeof listSettings>['items']> {
    const stored = await allStoredSettings(database)
    return (await owners().list())
      .filter(({ schema }) => Object.keys(schema.properties).length > 0)
      .map((owner) => ({
        owner: owner.id,
        name: owner.name,
        icon: owner.icon,
        isPlatform: owner.isPlatform,
        isRunning: owner.isRunning,
        ...answerOf(owner, settingsRules(owner.schema), stored.get(owner.id) ?? nothingStored),
      }))
  }

  /** What was set before changes were written down begins the history. */
  async function keepFirst(owner: string, rules: SettingsRules, before: StoredSettings): Promise<void> {
    const { revision, content, changedBy, changedAt } = before
    if (changedBy === null || changedAt === null) return
    const values = { content: withoutSecrets(rules, content), secrets: [] }
    await keepChange(database, owner, { revision, ...values, changedBy, changedAt })
  }

  async function change({ owner, values, revision, by }: Change): Promise<Answer> {
    const { rules } = await find(owner)
    const before = await storedSettings(database, owner)
    if (before.revision !== revision) throw settingsRefusals.changed_meanwhile({ current: await show(owner) })
    const kept = sealing.opened(owner, rules, before.content)
    const next = withSecrets(rules, values, kept)
    const { errors } = rules.check(next)
    if (errors.length > 0) throw settingsRefusals.values_invalid({ errors })
    await keepFirst(owner, rules, before)
    const isStored = await storeSettings(database, owner, sealing.sealed(owner, rules, next), {
      revision: revision + 1,
      content: withoutSecrets(rules, next),
      secrets: secretChanges(rules, values, kept),
      changedBy: by,
      changedAt: new Date(),
    })
    if (!isStored) throw settingsRefusals.changed_meanwhile({ current: await show(owner) })
    await announce(owner)
    return show(owner)
  }

  async function contentAt(owner: string, revision: number): Promise<SettingsValues> {
    if (revision === 0) return {}
    const kept = await keptChange(database, owner, revision)
    if (!kept) throw settingsRefusals.revision_not_found({ owner, revision })
    return kept.content
  }

  async function restore(
    { pluginId: owner, to, names, revision }: ParamsOf<typeof restoreSettings>,
    by: string,
  ): Promise<Answer> {
    const { rules } = await find(owner)
    const content = await contentAt(owner, to)
    const fitting = rules.fit(content)
    // Defaults stay defaults: only what was said then is said again.
    const then = Object.fromEntries(Object.keys(content).map((name) => [name, fitting[name]]))
    const now = withoutSecrets(rules, (await storedSettings(database, owner)).content)
    const isNamed = (name: string): boolean => names === undefined || names.includes(name)
    const values = Object.fromEntries([
      ...Object.entries(now).filter(([name]) => !isNamed(name)),
      ...Object.entries(then).filter(([name, value]) => isNamed(name) && value !== undefined),
    ])
    return change({ owner, values, revision, by })
  }

  async function changes({
    pluginId: owner,
    limit = PAGE_ROWS,
    cursor,
  }: ParamsOf<typeof listSettingsChanges>) {
    const { rules } = await find(owner)
    const before = cursor === undefined ? undefined : Number(cursor)
    // One more than is told: each is compared with the one before it.
    const kept = await keptChanges(database, owner, { limit: limit + 1, before })
    const told = kept.slice(0, limit).map((one, index) => toldChange(rules, one, kept[index + 1]))
    const last = told.at(-1)
    return kept.length > limit && last ? { items: told, nextCursor: String(last.revision) } : { items: told }
  }

  return {
    implementations: [
      implement(listSettings, async () => ({ items: await list() })),
      implement(showSettings, ({ params }) => show(params.pluginId)),
      implement(changeSettings, ({ params: { pluginId, values, revision }, principal }) =>
        change({ owner: pluginId, values, revision, by: byOf(principal) }),
      ),
      implement(listSettingsChanges, ({ params }) => changes(params)),
      implement(restoreSettings, ({ params, principal }) => restore(params, byOf(principal))),
    ] satisfies Implementation<never>[],
  }
}

function toldChange(rules: SettingsRules, one: KeptChange, before: KeptChange | undefined): SettingsChange {
  const values = rules.fit(one.content)
  // The first that is kept is compared with the defaults only where it really was the first.
  const earlier = before?.content ?? (one.revision === 1 ? {} : one.content)
  return {
    revision: one.revision,
    changedBy: one.changedBy,
    changedAt: one.changedAt.toISOString(),
    values: { ...values },
    changes: differences(rules.fit(earlier), values),
    secrets: [...one.secrets],
  }
}
