import { Argument, type Command } from 'commander'
import {
  approveGrants,
  disablePlugin,
  enablePlugin,
  isolatePlugin,
  pinPlugin,
  releaseQuarantine,
  reloadPlugin,
  rollbackPlugin,
  setSwitch,
  showGrants,
  showPlugin,
  upgradePlugin,
  type ContributionKind,
  type GrantsState,
} from '../plugins/routes.ts'
import { CommandError, operatorApi } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'
import { readableGrant } from './plugin-catalogue.ts'
import { printOperation, section } from './plugin-output.ts'

interface UpOptions extends OutputOptions {
  readonly version?: string
  readonly approveGrants?: boolean
  readonly withDependencies?: boolean
}

const approval = ['--approve-grants', 'approve all that it asks for'] as const

/** What changes which code serves. Each prints its steps with the milliseconds they took. */
export function addLifecycleCommands(plugin: Command): void {
  addUpCommands(plugin)
  addDownCommands(plugin)
  addPinCommands(plugin)
  addTierCommands(plugin)
  addConsentCommands(plugin)
}

function addUpCommands(plugin: Command): void {
  plugin
    .command('enable')
    .argument('<id>', 'plugin id')
    .description('Enable a plugin in the running platform')
    .option('--version <version>', 'one of the releases that are here')
    .option('--with-dependencies', 'enable what it needs first')
    .option(...approval)
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { version, json, ...options }: UpOptions) => {
      const params = { pluginId, ...(version ? { version } : {}), ...options }
      printOperation(await operatorApi()(enablePlugin, params), { json: json === true })
    })

  plugin
    .command('reload')
    .argument('<id>', 'plugin id')
    .description('Take the plugin as its folder is now, without a moment of absence')
    .option(...approval)
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { json, ...options }: UpOptions) => {
      printOperation(await operatorApi()(reloadPlugin, { pluginId, ...options }), { json: json === true })
    })

  plugin
    .command('upgrade')
    .argument('<id>', 'plugin id')
    .argument('[version]', 'one of the releases that are here; without it, the newest')
    .description('Replace the serving version by a newer one, without losing a request')
    .option(...approval)
    .option('--json', 'print JSON')
    .action(async (pluginId: string, version: string | undefined, { json, ...options }: UpOptions) => {
      const api = operatorApi()
      const target = version ?? (await api(showPlugin, { pluginId })).update?.version
      if (target === undefined) throw new CommandError(`No newer release of ${pluginId} is here.`)
      const operation = await api(upgradePlugin, { pluginId, version: target, ...options })
      printOperation(operation, { json: json === true })
    })
}

function addDownCommands(plugin: Command): void {
  plugin
    .command('disable')
    .argument('<id>', 'plugin id')
    .description('Disable a plugin; its data stay')
    .option('--with-dependants', 'disable those that need it first')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { json, ...options }: OutputOptions & { withDependants?: boolean }) => {
      printOperation(await operatorApi()(disablePlugin, { pluginId, ...options }), { json: json === true })
    })

  plugin
    .command('rollback')
    .argument('<id>', 'plugin id')
    .description('Go back to the version that served before the last upgrade')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, options: OutputOptions) => {
      printOperation(await operatorApi()(rollbackPlugin, { pluginId }), options)
    })
}

function addPinCommands(plugin: Command): void {
  for (const [verb, isPinned, description] of [
    ['pin', true, 'Keep a plugin at its version'],
    ['unpin', false, 'Let a plugin be upgraded again'],
  ] as const) {
    plugin
      .command(verb)
      .argument('<id>', 'plugin id')
      .description(description)
      .option('--json', 'print JSON')
      .action(async (pluginId: string, options: OutputOptions) => {
        const summary = await operatorApi()(pinPlugin, { pluginId, isPinned })
        print(summary, options, ({ id, version }) =>
          isPinned ? `${id} stays at ${version}.` : `${id} may be upgraded.`,
        )
      })
  }
}

function addTierCommands(plugin: Command): void {
  plugin
    .command('tier')
    .argument('<id>', 'plugin id')
    .addArgument(new Argument('<tier>', 'where its code runs').choices(['inline', 'worker', 'process']))
    .description('Run a plugin in the kernel’s process, in a thread or in a process of its own')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, tier: 'inline' | 'worker' | 'process', options: OutputOptions) => {
      printOperation(await operatorApi()(isolatePlugin, { pluginId, tier }), options)
    })

  plugin
    .command('quarantine')
    .description('Plugins taken out of service because they kept failing')
    .command('release')
    .argument('<id>', 'plugin id')
    .description('Start it again')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, options: OutputOptions) => {
      printOperation(await operatorApi()(releaseQuarantine, { pluginId }), options)
    })
}

interface GrantsOptions extends OutputOptions {
  readonly approve?: boolean
  readonly version?: string
}

function addConsentCommands(plugin: Command): void {
  plugin
    .command('grants')
    .argument('<id>', 'plugin id')
    .description('What a plugin asks for and what was approved')
    .option('--approve', 'approve all that it asks for')
    .option('--version <version>', 'of the release to approve; without it, the one that enable would take')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { approve, version, json }: GrantsOptions) => {
      const api = operatorApi()
      const shown = await api(showGrants, { pluginId })
      const state = approve
        ? await api(approveGrants, { pluginId, version: version ?? shown.version })
        : shown
      print(state, { json: json === true }, readableGrants)
    })

  plugin
    .command('switch')
    .argument('<id>', 'plugin id')
    .argument('<kind>', 'route, page, slot, navigation, job, channel, socket, filter, strategy or event')
    .argument('<contribution>', 'as "cambium plugin show --json" names it')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .description('Switch one thing a plugin brings off, or on again')
    .option('--json', 'print JSON')
    .action(
      async (
        pluginId: string,
        kind: ContributionKind,
        contributionId: string,
        state: 'on' | 'off',
        options: OutputOptions,
      ) => {
        const change = { pluginId, kind, contributionId, isDisabled: state === 'off' }
        const { items } = await operatorApi()(setSwitch, change)
        print(items, options, () => `${kind} ${contributionId} of ${pluginId} is ${state}.`)
      },
    )
}

function readableGrants({ version, asked, difference, isApproved, approvedAt }: GrantsState): string {
  if (asked.length === 0) return `Version ${version} asks for nothing beside its own tables and routes.`
  return [
    `Version ${version} asks for ${asked.length} thing(s); ${isApproved ? `approved ${approvedAt ?? ''}` : 'not approved'}.`,
    ...section('Asked', asked.map(readableGrant)),
    ...section('Not approved yet', difference.added.map(readableGrant)),
    ...section('Approved before, no longer asked', difference.removed.map(readableGrant)),
  ].join('\n')
}
