#!/usr/bin/env node
// The `cambium` command. Runs on any Node from 20 on; the rest wants the project's own Node, which reads TypeScript.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { runCommandLine } = await import('./main.ts')
  process.exitCode = await runCommandLine(process.argv)
} else {
  const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
  const run = [
    '-e',
    `import(${JSON.stringify(main)}).then(async (cli) => { process.exitCode = await cli.runCommandLine(process.argv) })`,
  ]
  const child = spawnSync(node, [...run, 'cambium', ...process.argv.slice(2)], { stdio: 'inherit' })
  process.exitCode = child.status ?? 1
}
