import { replayFile } from '@cambium/engine'
import type { Command } from 'commander'

/** `cambium engine …`: the engine by itself, without a running platform. */
export function addEngineCommands(program: Command): void {
  const engine = program.command('engine').description('The engine by itself, without a running platform')

  engine
    .command('replay')
    .argument('<file>', 'commands, one JSON object a line; "-" reads standard input')
    .description('Apply commands and print the events, as engine/README.md describes them')
    .option('--state', 'end with a line that holds the state: hash, balances and open orders')
    .action(async (file: string, options: { state?: boolean }) => {
      const input = file === '-' ? process.stdin : file
      await replayFile(input, process.stdout, { state: options.state === true })
    })
}
