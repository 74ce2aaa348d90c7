import type { Command } from 'commander'
import type { ResultOf } from '../contract/index.ts'
import { runLedgerCheck } from '../ledger/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, table, type OutputOptions } from './output.ts'

/** `cambium ledger …`: proofs that no money is lost. */
export function addLedgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('The books')

  ledger
    .command('check')
    .description(
      'Recompute every balance and compare the ledger with the engine; exit code 1 when they differ',
    )
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const result = await operatorApi()(runLedgerCheck, {})
      print(result, options, readableCheck)
      if (!result.balanced) process.exitCode = 1
    })
}

function readableCheck(result: ResultOf<typeof runLedgerCheck>): string {
  const assets = table(
    ['ASSET', 'DEBITS ', 'CREDITS ', 'ENGINE ', 'LEDGER ', 'DIFFERENCE '],
    result.assets.map((row) => [row.asset, row.debits, row.credits, row.engine, row.ledger, row.difference]),
  )
  const breaks = result.breaks.map(({ rule, detail }) => `  ${rule}: ${detail}`)
  const verdict = result.balanced ? `Balanced over ${result.entries} journal entries.` : 'NOT balanced:'
  return [assets, '', verdict, ...breaks].join('\n')
}
