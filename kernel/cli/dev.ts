import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Command } from 'commander'
import { root } from '../setup/index.ts'

const setup = path.join(root, 'kernel/setup/main.mjs')

/** `cambium dev`: the whole platform for who writes plugins, in this terminal until it is closed. */
export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .description('Start the platform in development: what is saved is served at once, or said to be wrong')
    .option('--safe', 'start with no plugin')
    .action(async ({ safe }: { safe?: boolean }) => {
      process.exitCode = await runSetup(['dev', ...(safe ? ['--safe'] : [])])
    })
}

/** A signal is the platform's to answer: it stops its processes in order, and then this one ends with its code. */
function runSetup(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [setup, ...words], { cwd: root, stdio: 'inherit' })
  // The terminal gives Ctrl-C to the child as well; two would look like impatience.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
