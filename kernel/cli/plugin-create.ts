import path from 'node:path'
import type { Command } from 'commander'
import { scaffold, scaffoldOutside } from '../scaffold/index.ts'
import { print, type OutputOptions } from './output.ts'

const idHelp = 'its id: folder, table prefix and first word of all its names'

/** `cambium plugin create NAME`: needs no running platform. */
export function addCreateCommand(plugin: Command): void {
  plugin
    .command('create')
    .argument('<id>', idHelp)
    .description('Write a small, complete, tested plugin to begin from')
    .option('--in <folder>', 'where its folder is made', 'plugins')
    .option('--outside <folder>', 'where it is made as a package of its own, apart from any checkout')
    .option('--json', 'print JSON')
    .action(async (id: string, options: OutputOptions & { in: string; outside?: string }) => {
      if (options.outside !== undefined) return createOutside(id, options.outside, options)
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

/** `cambium-plugin create NAME`: there is no platform to put it into. */
export function addCreateOutsideCommand(program: Command): void {
  program
    .command('create')
    .argument('<id>', idHelp)
    .description('Write a small, complete, tested plugin to begin from, a package of its own')
    .option('--in <folder>', 'where its folder is made', '.')
    .option('--json', 'print JSON')
    .action((id: string, options: OutputOptions & { in: string }) => createOutside(id, options.in, options))
}

async function createOutside(id: string, parent: string, options: OutputOptions): Promise<void> {
  const files = await scaffoldOutside(path.resolve(parent), id)
  const folder = path.join(parent, id)
  print({ folder, files }, options, () =>
    [
      ...files.map((file) => `  ${path.join(folder, file)}`),
      '',
      `Made. Begin:     cd ${folder} && npm install`,
      'Types and tests: npm run check',
      'Its package:     npm run pack',
    ].join('\n'),
  )
}
