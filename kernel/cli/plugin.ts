import type { Command } from 'commander'
import { addCatalogueCommands } from './plugin-catalogue.ts'
import { addCreateCommand } from './plugin-create.ts'
import { addInstallCommands } from './plugin-install.ts'
import { addLifecycleCommands } from './plugin-lifecycle.ts'
import { addPackageCommands } from './plugin-packages.ts'
import { addPublisherCommands } from './plugin-publishers.ts'
import { addSettingsCommand } from './plugin-settings.ts'
import { addTypesCommand } from './plugin-types.ts'
import { addUninstallCommand } from './plugin-uninstall.ts'

/** `cambium plugin …`: what the admin's marketplace does, from a terminal, and what an author does without a platform. */
export function addPluginCommands(program: Command): void {
  const plugin = program
    .command('plugin')
    .description('Products: find, install, change, and make packages of')
  addCatalogueCommands(plugin)
  addLifecycleCommands(plugin)
  addSettingsCommand(plugin)
  addUninstallCommand(plugin)
  addPackageCommands(plugin)
  addInstallCommands(plugin)
  addPublisherCommands(plugin)
  addCreateCommand(plugin)
  addTypesCommand(plugin)
}
