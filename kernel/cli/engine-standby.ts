import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { askEngine, EngineUnavailable, type EngineStatus, type Promoted } from '@cambium/engine'
import type { Command } from 'commander'
import { engineSockets } from '../setup/index.ts'
import { CommandError } from './operator-api.ts'

interface PromoteOptions {
  readonly socket: string
  readonly force?: boolean
  readonly wait: string
}

/** `cambium engine status|verify|promote`: running engines and their standbys. */
export function addStandbyCommands(engine: Command): void {
  engine
    .command('status')
    .description('Print role, epoch, seq and lag of every running engine, one JSON object a line')
    .option('--socket <socket>', 'of one engine; without it, all that this platform runs')
    .action(async ({ socket }: { socket?: string }) => {
      const sockets = socket === undefined ? runningSockets() : [socket]
      if (sockets.length === 0) throw new CommandError('No engine runs here. Start the platform: npm start')
      for (const one of sockets) {
        const status = await askEngine<EngineStatus>(one, { ask: 'status' }).catch(refused)
        print({ socket: one, ...status })
      }
    })

  engine
    .command('verify')
    .description('Compare the whole state of a standby with its primary’s; a difference stops the standby')
    .requiredOption('--socket <socket>', 'of the standby')
    .action(async ({ socket }: { socket: string }) => {
      const answer = await askEngine<{ seq: number }>(socket, { ask: 'verify' }).catch(refused)
      if ('error' in answer) process.exitCode = 1
      print(answer)
    })

  engine
    .command('promote')
    .description('Make a standby the primary; the old one steps down, or is shut out')
    .requiredOption('--socket <socket>', 'of the standby')
    .option('--force', 'although the old primary does not step down and may have answered more than is here')
    .option('--wait <ms>', 'how long the old primary may take to step down', '5000')
    .action(async ({ socket, force, wait }: PromoteOptions) => {
      const question = { ask: 'promote', force: force === true, waitMs: Number.parseInt(wait, 10) || 5000 }
      const answer = await askEngine<Promoted>(socket, question).catch(refused)
      if ('error' in answer) process.exitCode = 1
      print(answer)
    })
}

function refused(error: unknown): { error: string; message: string } {
  if (error instanceof EngineUnavailable) return { error: error.code, message: error.message }
  throw error
}

function runningSockets(): string[] {
  const directory = engineSockets()
  if (!existsSync(directory)) return []
  const names = readdirSync(directory).filter((name) => /^(engine|standby)(-\w+)?\.sock$/.test(name))
  return names.sort().map((name) => path.join(directory, name))
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
