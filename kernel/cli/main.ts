import { Command, CommanderError } from 'commander'
import { addDevCommand } from './dev.ts'
import { addEngineCommands } from './engine.ts'
import { addLedgerCommands } from './ledger.ts'
import { addMarketCommands } from './market.ts'
import { explain } from './output.ts'
import { addPluginCommands } from './plugin.ts'
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
  addLedgerCommands(program)
  addMarketCommands(program)
  addEngineCommands(program)
  try {
    await program.parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    process.stderr.write(`${explain(error)}\n`)
    return 1
  }
}
