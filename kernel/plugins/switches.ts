import type { Knex } from 'knex'
import type { PluginHost } from './host.ts'
import type { SwitchedOff } from './host-points.ts'
import { pluginsRefusals } from './refusals.ts'
import type { ContributionKind } from './routes.ts'

export interface ContributionName {
  readonly pluginId: string
  readonly kind: ContributionKind
  readonly id: string
}

/**
 * Contributions of plugins that the operator switched off. Asked at every use, so that a change needs no restart of the
 * plugin and outlives its upgrades.
 */
export interface Switches {
  /** Reads what was switched off before the start. */
  load(): Promise<void>
  isOff(pluginId: string, kind: ContributionKind, id: string): boolean
  /** Those of a plugin that the kernel's extension points have to be told. */
  behindPoints(pluginId: string): readonly SwitchedOff[]
  set(name: ContributionName, change: { readonly isDisabled: boolean; readonly by: string }): Promise<void>
  forget(pluginId: string): Promise<void>
}

const pointKinds: ReadonlySet<string> = new Set(['job', 'filter', 'strategy', 'event', 'socket'])

interface SwitchRow {
  plugin_id: string
  kind: ContributionKind
  contribution_id: string
  is_disabled: number | boolean
  changed_by: string
  changed_at: Date
}

export function createSwitches(database: Knex): Switches {
  const rows = () => database<SwitchRow>('plugins_switches')
  const off = new Map<string, Map<string, { readonly kind: ContributionKind; readonly id: string }>>()

  const remember = ({ pluginId, kind, id }: ContributionName, isDisabled: boolean): void => {
    const ofPlugin = off.get(pluginId) ?? new Map<string, { kind: ContributionKind; id: string }>()
    off.set(pluginId, ofPlugin)
    if (isDisabled) ofPlugin.set(`${kind} ${id}`, { kind, id })
    else ofPlugin.delete(`${kind} ${id}`)
  }

  return {
    load: async () => {
      off.clear()
      for (const { plugin_id, kind, contribution_id } of await rows().where({ is_disabled: true })) {
        remember({ pluginId: plugin_id, kind, id: contribution_id }, true)
      }
    },
    behindPoints: (pluginId) =>
      [...(off.get(pluginId)?.values() ?? [])].filter((one): one is SwitchedOff => pointKinds.has(one.kind)),
    isOff: (pluginId, kind, id) => off.get(pluginId)?.has(`${kind} ${id}`) ?? false,
    set: async (name, { isDisabled, by }) => {
      const key = { plugin_id: name.pluginId, kind: name.kind, contribution_id: name.id }
      const change = { is_disabled: isDisabled, changed_by: by, changed_at: new Date() }
      await rows()
        .insert({ ...key, ...change })
        .onConflict(Object.keys(key))
        .merge(change)
      remember(name, isDisabled)
    },
    forget: async (pluginId) => {
      await rows().where({ plugin_id: pluginId }).delete()
      off.delete(pluginId)
    },
  }
}

/** Channels that are switched off give no first answer and pass nothing on. */
export function switchedRealtime(
  realtime: PluginHost['realtime'],
  { isOff }: Pick<Switches, 'isOff'>,
): PluginHost['realtime'] {
  const isChannelOff = (name: string): boolean => isOff(name.split('.')[0] as string, 'channel', name)
  return {
    provide: (owner, channel, source) =>
      realtime.provide(owner, channel, async (subscription) => {
        if (!isChannelOff(channel.name)) return source(subscription)
        throw pluginsRefusals.contribution_off({
          pluginId: owner,
          kind: 'channel',
          contributionId: channel.name,
        })
      }),
    publish: (name, key, message) => {
      if (!isChannelOff(name)) realtime.publish(name, key, message)
    },
    removeOwner: (owner) => realtime.removeOwner(owner),
    isWatched: (name, key) => realtime.isWatched(name, key),
  }
}
