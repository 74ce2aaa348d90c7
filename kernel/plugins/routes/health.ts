import { Array, Enum, Integer, Null, Number, Object, Optional, Union, type Static } from 'typebox'
import { route, timestamp } from '../../contract/index.ts'
import { manage, onePlugin, pluginId, text, tier } from './words.ts'

const numberOrNull = Union([Number(), Null()])

/** What befell a plugin's runner last. */
export const HealthFault = Object({
  kind: Enum(['crash', 'memory', 'hang', 'flood', 'quarantine']),
  message: text,
  at: timestamp,
})

/**
 * How a plugin does. `requests` and `errors` count since the generation began to serve (a refusal is no error, unless
 * its status is 500 or more); the durations are those of the last minute, null while nobody called.
 */
export const PluginHealth = Object({
  pluginId,
  tier: Union([tier, Null()]),
  generation: Union([Integer(), Null()]),
  /** `restarting` while its runner has failed and is not there again. */
  state: Enum(['serving', 'restarting', 'stopped']),
  requests: Integer(),
  errors: Integer(),
  p50Ms: numberOrNull,
  p95Ms: numberOrNull,
  /** Memory of its runner; null in the inline tier, where it is the kernel's. */
  heapBytes: numberOrNull,
  restarts: Integer(),
  lastFault: Union([HealthFault, Null()]),
  since: Union([timestamp, Null()]),
})
export type PluginHealth = Static<typeof PluginHealth>

/** One line of the log; `seq` ascends and is nobody else's. */
export const LogLine = Object({
  seq: Integer(),
  at: timestamp,
  level: Enum(['info', 'warn', 'error']),
  message: text,
})

export const listHealth = route({
  action: 'plugins.health.list',
  rest: 'GET /plugins/health',
  summary: 'How the plugins that serve do',
  permission: manage,
  params: Object({}, { additionalProperties: false }),
  result: Object({ items: Array(PluginHealth) }),
  errors: [],
})

export const showHealth = route({
  action: 'plugins.health.show',
  rest: 'GET /plugins/:pluginId/health',
  summary: 'How one plugin does; one that does not serve has no figures',
  permission: manage,
  params: onePlugin,
  result: PluginHealth,
  errors: [],
})

export const readLog = route({
  action: 'plugins.log.read',
  rest: 'GET /plugins/:pluginId/log',
  summary: 'The last lines of a plugin’s log and of the kernel’s about it, oldest first',
  permission: manage,
  params: Object(
    { pluginId, limit: Optional(Integer({ minimum: 1, maximum: 500 })) },
    { additionalProperties: false },
  ),
  result: Object({ items: Array(LogLine) }),
  errors: [],
})
