import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Installs the npm packages when what is installed differs from package-lock.json.
 * Answers a sentence when that cannot be done, and nothing when all is there.
 */
export async function installPackages() {
  if (!isInstalled()) {
    const isFirst = !existsSync(path.join(root, 'node_modules'))
    const startedAt = performance.now()
    const output = await npm(
      isFirst ? 'ci' : 'install',
      isFirst ? 'installing packages' : 'updating packages',
    )
    if (output !== undefined) return explain(output)
    console.log(`  ✔ packages  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  if (!existsSync(path.join(root, 'node_modules/node/bin/node'))) {
    return 'Node 24 is missing: the npm package "node" could not run its install script; run: npm rebuild node --ignore-scripts=false'
  }
}

/** npm keeps a list of what it put into node_modules; every package of the lockfile must be in it. */
function isInstalled() {
  const installed = readPackages('node_modules/.package-lock.json')
  if (!installed) return false
  const wanted = readPackages('package-lock.json') ?? {}
  return Object.entries(wanted).every(([place, { version, optional, link }]) => {
    if (!place.includes('node_modules/')) return true
    const found = installed[place]
    return found ? link || found.version === version : optional
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

/** Runs npm and shows that it is alive. Answers its output when it failed. */
function npm(command, what) {
  const retries = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000']
  const args = [command, '--no-audit', '--no-fund', '--progress=false', ...retries]
  const cli = process.env.npm_execpath
  const child = cli?.endsWith('.js')
    ? spawn(process.execPath, [cli, ...args], { cwd: root })
    : spawn('npm', args, { cwd: root })

  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const startedAt = performance.now()
  console.log(`  … ${what} (a first time takes one to three minutes)`)
  const tick = setInterval(() => {
    console.log(`    still ${what}, ${Math.round((performance.now() - startedAt) / 1000)} s`)
  }, 10_000)
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => resolve(code === 0 ? undefined : output))
  }).finally(() => clearInterval(tick))
}

function explain(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH/.test(output)) {
    return 'The packages could not be downloaded: the npm registry cannot be reached. Check the network, then try again.'
  }
  if (/ENOSPC/.test(output)) return 'The packages could not be installed: the disk is full.'
  const said = output.split('\n').filter((line) => line.startsWith('npm error'))
  return `The packages could not be installed. npm said:\n${said.slice(0, 12).join('\n')}`
}
