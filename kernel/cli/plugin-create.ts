import path from 'node:path'
import type { Command } from 'commander'
import { scaffold } from '../scaffold/index.ts'
import { print, type OutputOptions } from './output.ts'

/** `cambium plugin create NAME`: needs no running platform. */
export function addCreateCommand(plugin: Command): void {
  plugin
    .command('create')
    .argument('<id>', 'its id: folder, table prefix and first word of all its names')
    .description('Write a small, complete, tested plugin to begin from')
    .option('--in <folder>', 'where its folder is made', 'plugins')
    .option('--json', 'print JSON')
    .action(async (id: string, options: OutputOptions & { in: string }) => {
      const files = await scaffold(path.resolve(options.in), id)
      const folder = path.join(options.in, id)
      print({ folder, files }, options, () =>
        [
          ...files.map((file) => `  ${path.join(folder, file)}`),
          '',
          `Made. Enable it: npx cambium plugin enable ${id} --approve-grants`,
          `Its tests:       npx mocha "${folder}/test/*.test.ts"`,
        ].join('\n'),
      )
    })
}
