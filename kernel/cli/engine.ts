import { statSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import {
  checkEngine,
  copyEngine,
  parsePoint,
  repairEngine,
  replayFile,
  snapshotEngine,
} from '@cambium/engine'
import type { Command } from 'commander'
import { addStandbyCommands } from './engine-standby.ts'

/** `cambium engine …`: the engine by itself, its folder, and running engines with their standbys. */
export function addEngineCommands(program: Command): void {
  const engine = program.command('engine').description('The engine by itself, without a running platform')
  addReplay(engine)
  addFolderCommands(engine)
  addStandbyCommands(engine)
}

interface ReplayOptions {
  readonly state?: boolean
  readonly to?: string
  readonly out?: string
}

function addReplay(engine: Command): void {
  engine
    .command('replay')
    .argument(
      '<file|folder>',
      'commands, one JSON object a line ("-" reads standard input), or an engine folder',
    )
    .description('Apply commands and print the events; of a folder, copy it as it was at some point')
    .option('--state', 'end with a line that holds the state: hash, balances and open orders')
    .option('--to <point>', 'of a folder: a seq, or a time such as 2026-01-31T12:00:00Z')
    .option('--out <folder>', 'of a folder: where the copy goes, an empty folder')
    .action(async (file: string, { state, to, out }: ReplayOptions) => {
      if (file === '-' || !statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
        return replayFile(file === '-' ? process.stdin : file, process.stdout, { state: state === true })
      }
      if (to === undefined || out === undefined) {
        throw new Error(`${file} is a folder: say --to POINT and --out FOLDER to copy it as it was`)
      }
      print(await copyEngine(file, { out, point: parsePoint(to) }))
    })
}

function addFolderCommands(engine: Command): void {
  engine
    .command('check')
    .argument('<folder>', 'where the engine keeps its data')
    .description('Read everything in a folder and print what is as it should be, as JSON; changes nothing')
    .action(async (folder: string) => {
      const report = await checkEngine(folder)
      print(report)
      if (!report.ok) process.exitCode = 1
    })

  engine
    .command('snapshot')
    .argument('<folder>', 'where the engine keeps its data')
    .description('Make a snapshot now, also beside a running engine')
    .action(async (folder: string) => {
      print((await snapshotEngine(folder)) ?? { snapshot: null })
    })

  engine
    .command('repair')
    .argument('<folder>', 'where a stopped engine keeps its data')
    .description('Cut a write that was interrupted; anything else is named and left')
    .option('--yes', 'do not ask')
    .action(async (folder: string, { yes }: { yes?: boolean }) => {
      const { steps, run } = await repairEngine(folder)
      for (const step of steps) process.stderr.write(`${step}\n`)
      const isDone = steps.length > 0 && (yes === true || (await isConfirmed()))
      if (isDone) await run()
      print({ steps: steps.length, done: isDone })
    })
}

async function isConfirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test(await terminal.question('Do it? [y/N] '))
  } finally {
    terminal.close()
  }
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
