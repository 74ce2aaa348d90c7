import cron from 'cron-parser'
import { assertSchema } from '../broker/index.ts'
import { exposedName, ruleProblem } from '../metrics/index.ts'
import { settingsRules } from '../settings/index.ts'
import type { PluginManifest } from './manifest.ts'

/** What extension points of the plugin itself and of others there are to be checked against. */
type Others = readonly PluginManifest[]

/** Ids that would hide paths of the kernel's extension points. */
const takenIds: ReadonlySet<string> = new Set(
  'account activity alerts assets events filters jobs mail notifications onboarding purchase search settings strategies tasks toggles users valuation ws'.split(
    ' ',
  ),
)

/** Sentences about the declarations at extension points; empty when the plugin may be enabled. */
export function extensionProblems(manifest: PluginManifest, others: Others): readonly string[] {
  return [
    ...(takenIds.has(manifest.id) ? [`${manifest.id} is a name of the platform's own.`] : []),
    ...nameProblems(manifest),
    ...grantProblems(manifest),
    ...walletProblems(manifest),
    ...jobProblems(manifest),
    ...schemaProblems(manifest),
    ...settingsProblems(manifest),
    ...socketProblems(manifest, others),
    ...metricProblems(manifest),
    ...taskProblems(manifest),
  ]
}

function nameProblems(manifest: PluginManifest): string[] {
  const {
    id,
    filterPoints = [],
    filters = [],
    strategyPoints = [],
    strategies = [],
    events,
    sockets = [],
    activity = [],
    search = [],
    onboarding = [],
    wallets = [],
    metrics = [],
    alerts = [],
    notices = [],
    toggles = [],
    tasks = [],
  } = manifest
  const point = new RegExp(`^${id}(\\.[a-zA-Z]+)+@[1-9][0-9]*$`)
  const own = new RegExp(`^${id}\\.[a-zA-Z]+$`)
  const named: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['Filter point', filterPoints.map(({ name }) => name), point],
    ['Strategy point', strategyPoints.map(({ name }) => name), point],
    ['Filter', filters.map((entry) => entry.id), own],
    ['Strategy', strategies.map((entry) => entry.id), own],
    ['Event', (events?.emits ?? []).map(({ name }) => name), new RegExp(`^${id}\\.[a-zA-Z]+\\.[a-zA-Z]+$`)],
    ['Socket', sockets.map(({ name }) => name), own],
    ['Activity', activity.map(({ kind }) => kind), own],
    ['Search', search.map((entry) => entry.id), own],
    ['First step', onboarding.map((entry) => entry.id), own],
    ['Wallet', wallets.map((entry) => entry.id), new RegExp(`^${id}(-[a-z]+)?$`)],
    ['Notice', notices.map(({ kind }) => kind), own],
    ['Metric', metrics.map(({ name }) => name), own],
    ['Toggle', toggles.map((entry) => entry.id), own],
    ['Task', tasks.map((entry) => entry.id), own],
    ['Alert', alerts.map((entry) => entry.id), own],
  ]
  const rules = named.flatMap(([kind, names, rule]) => [
    ...names
      .filter((name) => !rule.test(name))
      .map((name) => `${kind} ${name} is not named as ${rule.source}.`),
    ...repeated(names).map((name) => `${kind} ${name} is declared twice.`),
  ])
  return [...rules, ...repeated(events?.listens ?? []).map((name) => `Event ${name} is listened to twice.`)]
}

/** A name for money the plugin has nothing to do with would mislead who owns it. */
function walletProblems({ wallets = [], grants }: PluginManifest): string[] {
  const granted = new Set(grants?.ledgerAccounts ?? [])
  return wallets
    .filter(({ id }) => !granted.has(`user:*/${id}`))
    .map(({ id }) => `Wallet ${id} needs the grant ledgerAccounts: user:*/${id}.`)
}

/** What belongs to others has to be asked for, so that the operator reads it before the plugin is enabled. */
function grantProblems(manifest: PluginManifest): string[] {
  const { id, grants, filters = [], strategies = [], events, sockets = [] } = manifest
  const isOwn = (name: string): boolean => name.startsWith(`${id}.`)
  const granted = { filters: new Set(grants?.filters ?? []), events: new Set(grants?.events ?? []) }
  const points = [...filters, ...strategies].map((entry) => entry.point)
  return [
    ...[...new Set(points)]
      .filter((point) => !isOwn(point) && !granted.filters.has(point))
      .map((point) => `It answers at ${point} without the grant filters: ${point}.`),
    ...(events?.listens ?? [])
      .filter((name) => !isOwn(name) && !granted.events.has(name))
      .map((name) => `It listens to ${name} without the grant events: ${name}.`),
    ...(sockets.length > 0 && !grants?.sockets ? ['It offers sockets without the grant sockets.'] : []),
  ]
}

function jobProblems({ jobs = [] }: PluginManifest): string[] {
  return jobs.flatMap(({ name, everyMs, cron: expression }) => {
    if (everyMs !== undefined && expression !== undefined) return [`Job ${name} has two schedules.`]
    if (expression === undefined) return []
    try {
      cron.parseExpression(expression, { utc: true })
      return []
    } catch (error) {
      return [`Job ${name}: ${expression} is no schedule: ${(error as Error).message}`]
    }
  })
}

function schemaProblems({ filterPoints = [], strategyPoints = [], events }: PluginManifest): string[] {
  const schemas = [
    ...filterPoints.map(({ name, context }) => [name, context] as const),
    ...strategyPoints.flatMap(({ name, request, answer }) => [
      [name, request] as const,
      [name, answer] as const,
    ]),
    ...(events?.emits ?? []).map(({ name, data }) => [name, data] as const),
  ]
  return schemas.flatMap(([name, schema]) => {
    try {
      assertSchema(schema)
      return []
    } catch (error) {
      return [`${name}: ${(error as Error).message}`]
    }
  })
}

function settingsProblems({ settings }: PluginManifest): string[] {
  if (!settings) return []
  try {
    const { errors } = settingsRules({ ...settings, required: [] }).check({})
    return errors.map(({ pointer, detail }) => `The default of the setting ${pointer} ${detail}.`)
  } catch (error) {
    return [`settings: ${(error as Error).message}`]
  }
}

/** Whose work it is must be somebody's the plugin knows. */
function taskProblems({ tasks = [], permissions }: PluginManifest): string[] {
  const own = new Set(permissions.map(({ id }) => id))
  return tasks
    .filter(({ permission }) => !own.has(permission))
    .map(
      ({ id, permission }) =>
        `Task ${id} is for holders of ${permission}, which the plugin does not declare.`,
    )
}

const SERIES_MAX = 200

function metricProblems({ id, metrics = [], alerts = [] }: PluginManifest): string[] {
  const own = new Set(metrics.map(exposedName))
  return [
    ...metrics.flatMap(({ name, kind, labels = {}, buckets = [] }) => {
      const series = Object.values(labels).reduce((product, values) => product * values.length, 1)
      const isAscending = buckets.every(
        (bound, index) => index === 0 || bound > (buckets[index - 1] as number),
      )
      return [
        ...(series > SERIES_MAX ? [`Metric ${name} has ${series} series; ${SERIES_MAX} are allowed.`] : []),
        ...(kind !== 'histogram' && buckets.length > 0
          ? [`Metric ${name} has buckets and is no histogram.`]
          : []),
        ...(isAscending ? [] : [`The buckets of the metric ${name} do not ascend.`]),
        ...Object.keys(labels)
          .filter((label) => !/^[a-z][a-z0-9_]*$/.test(label))
          .map((label) => `The label ${label} of the metric ${name} is not in snake case.`),
      ]
    }),
    ...alerts.flatMap((rule) => {
      const problem = ruleProblem(rule)
      if (problem !== undefined) return [`Alert ${rule.id}: ${problem}.`]
      const metric = rule.subject?.split('{')[0] ?? ''
      const isForeign =
        rule.indicator.startsWith('metrics.') && metric.startsWith(`cambium_${id}_`) && !own.has(metric)
      return isForeign ? [`Alert ${rule.id} watches ${metric}, which the plugin does not declare.`] : []
    }),
  ]
}

function socketProblems({ id, sockets = [], permissions }: PluginManifest, others: Others): string[] {
  const declared = new Set<string>(['public', 'signedIn', ...permissions.map((entry) => entry.id)])
  const taken = new Map(
    others.flatMap((other) => (other.sockets ?? []).map(({ path }) => [path, other.id] as const)),
  )
  return sockets.flatMap(({ name, path, permission }) => {
    const problems: string[] = []
    if (!new RegExp(`^/${id}(/[a-z0-9-]+)+$`).test(path))
      problems.push(`Socket ${name} is not below /${id}/.`)
    if (!declared.has(permission))
      problems.push(`${name} asks for ${permission}, which the plugin does not declare.`)
    const owner = taken.get(path)
    if (owner !== undefined) problems.push(`Socket ${path} is already served by ${owner}.`)
    return problems
  })
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
}
