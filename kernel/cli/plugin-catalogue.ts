import { InvalidArgumentError, type Command } from 'commander'
import {
  listHealth,
  listPlugins,
  planPlugin,
  readLog,
  searchPackages,
  showHealth,
  showPlugin,
  type Plan,
  type PluginDetail,
  type PluginHealth,
  type RemotePackage,
} from '../plugins/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, table, type OutputOptions } from './output.ts'
import { byteSize, section } from './plugin-output.ts'

interface PlanOptions extends OutputOptions {
  readonly action?: Plan['action']
  readonly version?: string
}

/** What can be looked at: nothing here changes anything. */
export function addCatalogueCommands(plugin: Command): void {
  plugin
    .command('list')
    .description('Every plugin found, and whether it serves')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const { items } = await operatorApi()(listPlugins, {})
      print(items, options, (plugins) =>
        table(
          ['ID', 'VERSION', 'UPDATE', 'STATE', 'TIER', 'NAME', 'REASON'],
          plugins.map(({ id, version, update, isPinned, state, tier, name, reason }) => [
            id,
            version,
            isPinned ? 'pinned' : (update?.version ?? ''),
            state,
            tier,
            name,
            reason ?? '',
          ]),
        ),
      )
    })

  plugin
    .command('show')
    .argument('<id>', 'plugin id')
    .description('One plugin with its releases, grants and all that it brings')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, options: OutputOptions) => {
      print(await operatorApi()(showPlugin, { pluginId }), options, readableDetail)
    })

  plugin
    .command('plan')
    .argument('<id>', 'plugin id')
    .description('What a change to it would do, without doing it')
    .option('--action <action>', 'enable, reload, upgrade, rollback, disable, isolate or uninstall')
    .option('--version <version>', 'of the release it would change to')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { action, version, json }: PlanOptions) => {
      const params = { pluginId, ...(action ? { action } : {}), ...(version ? { version } : {}) }
      print(await operatorApi()(planPlugin, params), { json: json === true }, readablePlan)
    })

  plugin
    .command('search')
    .argument('[words...]', 'in name, summary and keywords')
    .description('Plugin packages in the registry')
    .option('--scope <scope>', 'of one scope only, such as @acme')
    .option('--json', 'print JSON')
    .action(async (words: string[], { scope, json }: OutputOptions & { scope?: string }) => {
      const query = { text: words.join(' '), ...(scope ? { scope } : {}) }
      const { items } = await operatorApi()(searchPackages, query)
      print(items, { json: json === true }, readablePackages)
    })

  addWatchCommands(plugin)
}

/** How what serves is doing. */
function addWatchCommands(plugin: Command): void {
  plugin
    .command('health')
    .argument('[id]', 'plugin id; without one, all that serve')
    .description('Requests, errors, durations, memory and restarts')
    .option('--json', 'print JSON')
    .action(async (pluginId: string | undefined, options: OutputOptions) => {
      const api = operatorApi()
      const items =
        pluginId === undefined ? (await api(listHealth, {})).items : [await api(showHealth, { pluginId })]
      print(items, options, readableHealth)
    })

  plugin
    .command('log')
    .argument('<id>', 'plugin id')
    .description('The last lines of its log, oldest first')
    .option('--limit <lines>', 'at most 500', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { limit, json }: OutputOptions & { limit: number }) => {
      const { items } = await operatorApi()(readLog, { pluginId, limit })
      print(items, { json: json === true }, (lines) =>
        lines.map(({ at, level, message }) => `${at}  ${level.padEnd(5)}  ${message}`).join('\n'),
      )
    })
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,2}$/.test(text)) throw new InvalidArgumentError('must be a number from 1 to 500.')
  return Number(text)
}

function readablePackages(found: readonly RemotePackage[]): string {
  if (found.length === 0) return 'The registry has no such plugin package.'
  return table(
    ['PACKAGE', 'VERSION', 'HERE', 'PUBLISHER', 'SUMMARY'],
    found.map(({ name, version, installedVersion, publisher, description }) => [
      name,
      version,
      installedVersion ?? '',
      publisher,
      description,
    ]),
  )
}

function readableHealth(items: readonly PluginHealth[]): string {
  const figure = (value: number | null) => (value === null ? '–' : value.toFixed(1))
  return table(
    [
      'ID',
      'TIER',
      'STATE',
      'REQUESTS ',
      'ERRORS ',
      'P50 MS ',
      'P95 MS ',
      'MEMORY ',
      'RESTARTS ',
      'LAST FAULT',
    ],
    items.map((health) => [
      health.pluginId,
      health.tier ?? '–',
      health.state,
      String(health.requests),
      String(health.errors),
      figure(health.p50Ms),
      figure(health.p95Ms),
      health.heapBytes === null ? '–' : byteSize(health.heapBytes),
      String(health.restarts),
      health.lastFault ? `${health.lastFault.kind}: ${health.lastFault.message}` : '',
    ]),
  )
}

function readableDetail(plugin: PluginDetail): string {
  const { id, name, version, publisher, summary, state, tier, reason, approval } = plugin
  const off = plugin.contributions.filter(({ isDisabled }) => isDisabled)
  return [
    `${name} ${version} (${id}) by ${publisher}`,
    summary,
    [state, `${tier} tier`, ...(plugin.isPinned ? ['pinned'] : []), ...(reason ? [reason] : [])].join(', '),
    ...section('Problems', plugin.problems),
    ...section(
      'Releases here',
      plugin.releases.map((release) =>
        [
          release.version,
          release.source,
          release.signature,
          ...(release.keyId ? [release.keyId] : []),
          ...(release.sizeBytes === null ? [] : [byteSize(release.sizeBytes)]),
          ...(release.isServing ? ['serves'] : []),
        ].join('  '),
      ),
    ),
    ...section(
      `Asks for${approval.isApproved ? '' : ', not approved yet'}`,
      approval.asked.map(readableGrant),
    ),
    ...section(
      'Switched off',
      off.map(({ kind, id: contribution }) => `${kind} ${contribution}`),
    ),
    ...section(
      'Depends on',
      plugin.dependencies.map((other) => `${other.id} ${other.range}  ${other.state}`),
    ),
    ...section('Needed by', plugin.dependants),
    ...section(
      'Routes',
      plugin.routes.map(({ rest, permission }) => `${rest}  (${permission})`),
    ),
  ].join('\n')
}

export function readableGrant({
  grant,
  value,
}: {
  readonly grant: string
  readonly value: string | null
}): string {
  return value === null ? grant : `${grant}: ${value}`
}

function readablePlan(plan: Plan): string {
  const { grantsDifference: grants } = plan
  return [
    [plan.action, plan.pluginId, plan.fromVersion, plan.fromVersion && '→', plan.version]
      .filter(Boolean)
      .join(' '),
    ...section('Problems, to be solved first', plan.problems),
    ...section('Would be approved', grants.added.map(readableGrant)),
    ...section('No longer asked for', grants.removed.map(readableGrant)),
    ...section(
      'Enabled first',
      plan.dependenciesToEnable.map(({ id, version }) => `${id} ${version}`),
    ),
    ...section('Needed by', plan.dependants),
    ...section(
      'Migrations',
      plan.migrations.flatMap(({ name, phase, direction, statements }) => [
        `${name}  (${phase}${direction === 'down' ? ', taken back' : ''})`,
        ...statements.map((sql) => `  ${sql}`),
      ]),
    ),
    ...section(
      'Routes',
      plan.routes.map(({ rest, permission }) => `${rest}  (${permission})`),
    ),
    ...section(
      'Permissions',
      plan.permissions.map(({ id, title }) => `${id}  ${title}`),
    ),
    ...section(
      'Pages',
      plan.pages.map(({ app, path }) => `${app} ${path}`),
    ),
    ...section(
      'Slots',
      plan.slots.map(({ slot, component }) => `${slot} ${component}`),
    ),
    ...section(
      'Jobs',
      plan.jobs.map(({ name, title }) => `${name}  ${title}`),
    ),
    ...section(
      'Depends on',
      plan.dependencies.map(({ id, range, state }) => `${id} ${range}  ${state}`),
    ),
  ].join('\n')
}
