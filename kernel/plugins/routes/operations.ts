import { Array, Enum, Integer, Null, Number, Object, Optional, Union, type Static } from 'typebox'
import { id, route, timestamp } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { manage, onePlugin, pluginId, text, textOrNull } from './words.ts'

/**
 * A step of an operation, in the order they run; `undo` appears only when an attempt failed after it had changed the
 * database. `detail` is a short English sentence for the timeline.
 */
export const OperationStep = Object({
  name: Enum([
    'fetch',
    'verify',
    'stage',
    'migrate',
    'start',
    'probe',
    'nodes',
    'flip',
    'drain',
    'contract',
    'dispose',
    'keep',
    'export',
    'purge',
    'undo',
  ]),
  state: Enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  /** Null while it waits or runs. */
  ms: Union([Number(), Null()]),
  detail: Optional(text),
})
export type OperationStep = Static<typeof OperationStep>

/**
 * One change to a plugin. A `failed` one changed nothing: what served before serves on, and `reason` says why.
 * `start` is the kernel's own, when it starts what was enabled; `quarantine`, and a `rollback` with a reason, are the
 * watchdog's, and the reason is what it saw.
 */
export const Operation = Object({
  id,
  pluginId,
  action: Enum([
    'enable',
    'disable',
    'reload',
    'start',
    'upgrade',
    'rollback',
    'isolate',
    'quarantine',
    'uninstall',
  ]),
  state: Enum(['running', 'done', 'failed']),
  version: textOrNull,
  /** The version that served before, where another one does now. */
  fromVersion: textOrNull,
  /** The generation serving afterwards; null when none does. */
  generation: Union([Integer(), Null()]),
  steps: Array(OperationStep),
  reason: textOrNull,
  /** Of an `uninstall` with `export`: what `GET /plugins/:pluginId/exports/:exportId` serves. */
  exportId: textOrNull,
  startedAt: timestamp,
  finishedAt: Union([timestamp, Null()]),
})
export type Operation = Static<typeof Operation>

export const listOperations = route({
  action: 'plugins.operations.list',
  rest: 'GET /plugins/:pluginId/operations',
  summary: 'The last fifty changes to a plugin, newest first',
  permission: manage,
  params: onePlugin,
  result: Object({ items: Array(Operation) }),
  errors: [pluginsRefusals.plugin_not_found.code],
})
