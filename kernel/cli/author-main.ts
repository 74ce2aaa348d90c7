import { Command } from 'commander'
import { addCreateOutsideCommand } from './plugin-create.ts'
import { addPackageCommands } from './plugin-packages.ts'
import { run } from './run.ts'

/** Runs `cambium-plugin …`, which authors install: what `cambium plugin` does without a platform. */
export async function runAuthorCommandLine(argv: readonly string[]): Promise<number> {
  const program = new Command('cambium-plugin')
    .description('Write, pack and sign a plugin of a Cambium platform')
    .exitOverride()
    .showHelpAfterError('(add --help for the usage)')
  addCreateOutsideCommand(program)
  addPackageCommands(program)
  return run(program, argv)
}
