import { Command } from 'commander'
import { addDevCommand } from './dev.ts'
import { addEngineCommands } from './engine.ts'
import { addLedgerCommands } from './ledger.ts'
import { addMarketCommands } from './market.ts'
import { run } from './run.ts'
import { addPluginCommands } from './plugin.ts'
import { addThemeCommands } from './theme.ts'
import { addUserCommands } from './user.ts'

/** Runs `cambium …` and answers the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const program = new Command('cambium')
    .description('Operate a running Cambium platform')
    .exitOverride()
    .showHelpAfterError('(add --help for the usage)')
  addDevCommand(program)
  addUserCommands(program)
  addPluginCommands(program)
  addThemeCommands(program)
  addLedgerCommands(program)
  addMarketCommands(program)
  addEngineCommands(program)
  return run(program, argv)
}
