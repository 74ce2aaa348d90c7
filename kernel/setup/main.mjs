/**
 * The first file that runs on a fresh clone: plain JavaScript for Node 20 and nothing installed. It brings the
 * packages, Node 24 among them, and hands the word over to `tasks.ts`.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { installPackages, root } from './packages.mjs'

const words = [
  'start',
  'dev',
  'test',
  'check',
  'build',
  'bench',
  'migrate',
  'seed',
  'simulate',
  'screens',
  'docs',
]
const [word = '', ...rest] = process.argv.slice(2)

if (Number(process.versions.node.split('.')[0]) < 20) {
  refuse(`Cambium needs Node 20 or newer to set itself up; this is ${process.version}.`)
}
if (!words.includes(word)) refuse(`Say one of: ${words.map((known) => `npm run ${known}`).join(', ')}.`)

const problem = await installPackages()
if (problem) refuse(problem)

const bin = path.join(root, 'node_modules/.bin')
const node = path.join(root, 'node_modules/node/bin/node')
const setpriv = '/usr/bin/setpriv'
// Ends with us even when we are killed outright, so nothing it supervises is left behind.
const held = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM'] : []
const [program, ...args] = [...held, node, path.join(root, 'kernel/setup/tasks.ts'), word, ...rest]
const child = spawn(program, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// Killed outright, npm passes no signal on. (Its scripts say `exec`, or a shell between us would keep them.)
const npm = process.env.npm_lifecycle_event ? process.ppid : undefined
if (npm) setInterval(() => process.ppid === npm || child.kill('SIGTERM'), 1_000).unref()
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))

/** @param {string} sentence */
function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}
