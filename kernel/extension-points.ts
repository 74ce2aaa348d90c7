import type { Knex } from 'knex'
import { systemClock, type Clock } from './clock.ts'
import type { Identity } from './identity/index.ts'
import type { HostPoints, Replaced } from './plugins/index.ts'

export interface ExtensionPointsOptions {
  readonly database: Knex
  readonly identity: Identity
  readonly clock?: Clock
}

/** The kernel's extension points, made together because each leans on another. */
export interface ExtensionPoints extends HostPoints {
  start(): Promise<void>
  stop(): Promise<void>
}

const nothing: Replaced = { inFlight: 0, drained: async () => true }

function notThereYet(): never {
  throw new Error('This extension point is not there yet.')
}

export function createExtensionPoints({ clock = systemClock }: ExtensionPointsOptions): ExtensionPoints {
  return {
    clock,
    settings: {
      open: (_, schema) => {
        const entries = Object.entries(schema?.properties ?? {})
        const values = Object.freeze(Object.fromEntries(entries.map(([name, one]) => [name, one.default])))
        return { values, onChange: () => () => undefined }
      },
    },
    jobs: { start: notThereYet },
    filters: { apply: async () => undefined },
    strategies: { ask: notThereYet },
    events: { emitAll: notThereYet },
    notifications: { notify: notThereYet },
    users: { find: notThereYet },
    publish: () => nothing,
    withdraw: () => nothing,
    setDisabled: () => undefined,
    forget: async () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
  }
}
