import type { Values } from '../metrics/index.ts'
import type { PluginFigures } from '../plugins/index.ts'
import type { PartState } from './routes.ts'

export interface LookedAt {
  readonly id: string
  /** Of a product; the pages name the platform's own parts. */
  readonly name: string
  readonly state: PartState
}

export interface StateSources {
  readonly values: Values
  readonly plugins: PluginFigures
  /** Of all products, by id. */
  readonly names: ReadonlyMap<string, string>
  /** What rests now: `platform`, or ids of products. */
  readonly resting: ReadonlySet<string>
}

/** A share of answers that failed, from which on users notice. */
const ERROR_SHARE_MAX = 0.05

const figure = (value: Values[keyof Values] | undefined): number => (typeof value === 'number' ? value : 0)
const some = (value: Values[keyof Values] | undefined): boolean =>
  value !== null && typeof value === 'object' && Object.values(value).some((one) => one > 0)

function platformStates(values: Values): readonly LookedAt[] {
  const isDatabaseDown = figure(values['database.down']) > 0
  const isSlow = figure(values['redis.down']) > 0 || figure(values['http.errorShare']) > ERROR_SHARE_MAX
  const isRefusing = some(values['engine.refusing'])
  const areBooksOff = figure(values['ledger.breaks']) > 0
  return [
    { id: 'platform', name: '', state: isDatabaseDown ? 'down' : isSlow ? 'degraded' : 'operational' },
    { id: 'accounts', name: '', state: isDatabaseDown ? 'down' : areBooksOff ? 'degraded' : 'operational' },
    { id: 'trading', name: '', state: isRefusing ? 'down' : 'operational' },
  ]
}

/** How each part is, by what the platform knows of itself. What rests on purpose is not down. */
export function partStates({ values, plugins, names, resting }: StateSources): readonly LookedAt[] {
  const quarantined = new Set(plugins.quarantined)
  const health = new Map(plugins.health.map(({ pluginId, state }) => [pluginId, state]))
  const enabled = [...new Set([...health.keys(), ...quarantined])]
  const productStates = enabled.map((id): LookedAt => {
    const isDown = quarantined.has(id) || health.get(id) === 'stopped'
    const state = isDown ? 'down' : health.get(id) === 'restarting' ? 'degraded' : 'operational'
    return { id, name: names.get(id) ?? id, state }
  })
  return [...platformStates(values), ...productStates].map((part) =>
    resting.has('platform') || resting.has(part.id) ? { ...part, state: 'maintenance' } : part,
  )
}
