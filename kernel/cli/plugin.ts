import type { Command } from 'commander'
import type { ResultOf } from '../contract/index.ts'
import {
  disablePlugin,
  enablePlugin,
  listPlugins,
  planPlugin,
  reloadPlugin,
  type Operation,
} from '../plugins/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, table, type OutputOptions } from './output.ts'

/** `cambium plugin …`: what the admin's marketplace does, from a terminal. */
export function addPluginCommands(program: Command): void {
  const plugin = program.command('plugin').description('Products: list, plan, enable, disable, reload')

  plugin
    .command('list')
    .description('Every plugin found, and whether it serves')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const { items } = await operatorApi()(listPlugins, {})
      print(items, options, (plugins) =>
        table(
          ['ID', 'VERSION', 'STATE', 'NAME', 'REASON'],
          plugins.map(({ id, version, state, name, reason }) => [id, version, state, name, reason ?? '']),
        ),
      )
    })

  plugin
    .command('plan')
    .argument('<id>', 'plugin id')
    .description('What enabling it would do, without doing it')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, options: OutputOptions) => {
      print(await operatorApi()(planPlugin, { pluginId }), options, readablePlan)
    })

  for (const [verb, route, description] of [
    ['enable', enablePlugin, 'Enable a plugin in the running platform'],
    ['disable', disablePlugin, 'Disable a plugin; its data stay'],
    ['reload', reloadPlugin, 'Take the plugin as its folder is now, without a moment of absence'],
  ] as const) {
    plugin
      .command(verb)
      .argument('<id>', 'plugin id')
      .description(description)
      .option('--json', 'print JSON')
      .action(async (pluginId: string, options: OutputOptions) => {
        const operation = await operatorApi()(route, { pluginId })
        print(operation, options, readableOperation)
        if (operation.state === 'failed') process.exitCode = 1
      })
  }
}

function readablePlan(plan: ResultOf<typeof planPlugin>): string {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`\n${title}`, ...lines.map((line) => `  ${line}`)]
  return [
    `${plan.action} ${plan.pluginId} ${plan.version}`,
    ...section('Problems, to be solved first', plan.problems),
    ...section(
      'Migrations',
      plan.migrations.flatMap(({ name, statements }) => [name, ...statements.map((sql) => `  ${sql}`)]),
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
      'Depends on',
      plan.dependencies.map(({ id, range, state }) => `${id} ${range}  ${state}`),
    ),
  ].join('\n')
}

const pastOf = { enable: 'enabled', disable: 'disabled', reload: 'reloaded', start: 'started' } as const

function readableOperation(operation: Operation): string {
  const steps = operation.steps.map(({ name, state, ms, detail }) => [
    name,
    state,
    ms === null ? '' : `${ms.toFixed(1)} ms`,
    detail ?? '',
  ])
  const outcome = operation.state === 'done' ? pastOf[operation.action] : `${operation.action} failed`
  const reason = operation.reason ? `\n${operation.reason}` : ''
  return `${table(['STEP', 'STATE', 'TIME ', 'DETAIL'], steps)}\n\n${operation.pluginId} ${outcome}${reason}`
}
