import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import {
  allowUnsigned,
  fetchPackage,
  removeRelease,
  uploadPackage,
  type InstalledPackage,
} from '../plugins/routes.ts'
import { CommandError, operatorApi } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'
import { readableSteps } from './plugin-output.ts'

/** Packages, installed into a platform that runs and taken from it again. */
export function addInstallCommands(plugin: Command): void {
  plugin
    .command('install')
    .argument('<what>', 'a file, or NAME@RANGE of a package in the registry')
    .description('Install a package; it is not enabled')
    .option('--allow-unsigned <digest>', 'let in this one package although nobody signed it')
    .option('--json', 'print JSON')
    .action(
      async (what: string, { allowUnsigned: digest, json }: OutputOptions & { allowUnsigned?: string }) => {
        const api = operatorApi()
        if (digest !== undefined) await api(allowUnsigned, { digest })
        const installed = existsSync(what)
          ? await api(uploadPackage, {}, { body: new Uint8Array(await readFile(what)) })
          : await api(fetchPackage, packageOf(what))
        print(installed, { json: json === true }, readableInstalled)
      },
    )

  plugin
    .command('forget')
    .argument('<id>', 'plugin id')
    .argument('<version>', 'of a release that neither serves nor can be rolled back to')
    .description('Remove one installed release')
    .option('--json', 'print JSON')
    .action(async (pluginId: string, version: string, options: OutputOptions) => {
      await operatorApi()(removeRelease, { pluginId, version })
      print({ pluginId, version }, options, () => `${pluginId} ${version} is gone.`)
    })
}

/** The `@` of a scope comes first; the one behind the name begins the range. */
function packageOf(what: string): { name: string; range?: string } {
  if (/\.t(ar\.)?gz$/.test(what) || what.startsWith('.') || path.isAbsolute(what)) {
    throw new CommandError(`There is no file ${what}.`)
  }
  const at = what.indexOf('@', 1)
  return at === -1 ? { name: what } : { name: what.slice(0, at), range: what.slice(at + 1) }
}

function readableInstalled({ pluginId, version, publisher, signature, steps }: InstalledPackage): string {
  return [
    readableSteps(steps),
    '',
    `${pluginId} ${version} by ${publisher} is installed (${signature}).`,
    `What enabling it would do: cambium plugin plan ${pluginId} --version ${version}`,
  ].join('\n')
}
