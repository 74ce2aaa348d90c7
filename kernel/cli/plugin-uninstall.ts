import { Option, type Command } from 'commander'
import { uninstallPlugin } from '../plugins/routes.ts'
import { operatorApi } from './operator-api.ts'
import type { OutputOptions } from './output.ts'
import { printOperation } from './plugin-output.ts'

interface UninstallOptions extends OutputOptions {
  readonly data: 'keep' | 'export' | 'purge'
  readonly confirm?: string
}

/** `cambium plugin uninstall`: the one command that can delete what users have, so it asks twice. */
export function addUninstallCommand(plugin: Command): void {
  plugin
    .command('uninstall')
    .argument('<id>', 'id of a disabled plugin')
    .description('Remove a plugin: keep its data, export them first, or delete them')
    .addOption(
      new Option('--data <what>', 'what becomes of its data')
        .choices(['keep', 'export', 'purge'])
        .makeOptionMandatory(),
    )
    .option('--confirm <id>', 'for purge: the plugin’s id once more')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, { data, confirm, json }: UninstallOptions) => {
      const params = { pluginId, data, ...(confirm === undefined ? {} : { confirmation: confirm }) }
      printOperation(await operatorApi()(uninstallPlugin, params), { json: json === true })
    })
}
