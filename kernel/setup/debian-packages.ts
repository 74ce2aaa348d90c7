import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { SetupError } from './setup-error.ts'

export interface ServerPrograms {
  readonly mariadbd: string
  /** Where MariaDB's messages, character sets and system tables are. */
  readonly shareDirectory: string
  readonly redisServer: string
  /** Set when the programs were unpacked beside the project instead of installed. */
  readonly libraryPath?: string
}

/**
 * `mariadb-server-core` and `redis-tools` bring the servers without the system services and users that
 * `mariadb-server` and `redis-server` would add: `redis-check-rdb` is the Redis server under another name.
 */
const SERVER_PACKAGES = ['mariadb-server-core', 'redis-tools']

/** Finds MariaDB and Redis, or installs them, or unpacks them under `directory` when we may not install. */
export async function provideServerPrograms(directory: string): Promise<ServerPrograms> {
  const unpacked = path.join(directory, 'debian')
  const found = findServerPrograms('/', directory) ?? findServerPrograms(unpacked, directory)
  if (found) return found

  if (await installPackages(SERVER_PACKAGES)) {
    const installed = findServerPrograms('/', directory)
    if (installed) return installed
  } else if (await unpackPackages(SERVER_PACKAGES, unpacked)) {
    const local = findServerPrograms(unpacked, directory)
    if (local) return local
  }
  throw new SetupError(
    `MariaDB and Redis are missing and could not be installed; run: sudo apt-get install --no-install-recommends ${SERVER_PACKAGES.join(' ')}`,
  )
}

/** Finds Chromium for the browser tests, or installs it. */
export function provideChromium(): Promise<string> {
  const find = () =>
    process.env.CHROME_PATH ?? findProgram('/', ['chromium', 'chromium-browser', 'google-chrome'])
  return provideProgram('Chromium', 'chromium', find)
}

/** Finds the C++ compiler that the engine's bench builds its yardstick with, or installs it. */
export function provideCompiler(): Promise<string> {
  return provideProgram('The C++ compiler', 'g++', () => findProgram('/', ['g++']))
}

async function provideProgram(
  name: string,
  debianPackage: string,
  find: () => string | undefined,
): Promise<string> {
  const program = find() ?? ((await installPackages([debianPackage])) ? find() : undefined)
  if (program) return program
  throw new SetupError(
    `${name} is missing and could not be installed; run: sudo apt-get install ${debianPackage}`,
  )
}

/** Finds the NATS server for tests of the engine's journal in a stream, or unpacks it, or installs it. */
export async function provideNatsServer(directory: string): Promise<string> {
  const packages = ['nats-server']
  const unpacked = path.join(directory, 'debian')
  const find = () => process.env.NATS_SERVER ?? findProgram('/', packages) ?? findProgram(unpacked, packages)
  const found = find()
  if (found) return found
  // Installed, it would be a service of the system that runs from then on.
  if ((await unpackPackages(packages, unpacked)) || (await installPackages(packages))) {
    const provided = find()
    if (provided) return provided
  }
  throw new SetupError(
    'The NATS server is missing and could not be unpacked or installed; run: sudo apt-get install nats-server',
  )
}

function findServerPrograms(root: string, directory: string): ServerPrograms | undefined {
  const mariadbd = findProgram(root, ['mariadbd'])
  const shareDirectory = ['usr/share/mysql', 'usr/share/mariadb', 'usr/local/share/mysql']
    .map((share) => path.join(root, share))
    .find((share) => existsSync(path.join(share, 'maria_add_gis_sp_bootstrap.sql')))
  const redisServer = findProgram(root, ['redis-server', 'valkey-server']) ?? aliasRedis(root, directory)
  if (!mariadbd || !shareDirectory || !redisServer) return undefined
  if (root === '/') return { mariadbd, shareDirectory, redisServer }
  const libraries = path.join(root, 'usr/lib')
  const libraryPath = [libraries, ...subdirectories(libraries)].join(':')
  return { mariadbd, shareDirectory, redisServer, libraryPath }
}

/** The Redis binary decides by the name it is called with whether it is the server. */
function aliasRedis(root: string, directory: string): string | undefined {
  const binary = findProgram(root, ['redis-check-rdb'])
  if (!binary) return undefined
  const alias = path.join(directory, 'programs', 'redis-server')
  mkdirSync(path.dirname(alias), { recursive: true })
  rmSync(alias, { force: true })
  symlinkSync(realpathSync(binary), alias)
  return alias
}

function findProgram(root: string, names: readonly string[]): string | undefined {
  const directories = ['usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin'].map((bin) =>
    path.join(root, bin),
  )
  return names
    .flatMap((name) => directories.map((bin) => path.join(bin, name)))
    .find((file) => existsSync(file))
}

function subdirectories(directory: string): string[] {
  if (!existsSync(directory)) return []
  const entries = readdirSync(directory, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(directory, entry.name))
}

/** Answers false when we may not install. */
async function installPackages(packages: readonly string[]): Promise<boolean> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (!(await succeeds([...asRoot, 'apt-get', '--version']))) return false
  const install = [...asRoot, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages]
  process.stdout.write(`    installing Debian packages: ${packages.join(', ')}\n`)
  if (await succeeds(install)) return true
  return (await succeeds([...asRoot, 'apt-get', 'update', '-q'])) && (await succeeds(install))
}

/** Downloads packages, with the libraries they need and the system lacks, and unpacks them without installing. */
async function unpackPackages(packages: readonly string[], root: string): Promise<boolean> {
  const { output } = await run(['apt-cache', 'depends', '--no-recommends', '--no-suggests', ...packages])
  const libraries = new Set([...output.matchAll(/^\s*Depends: (lib\S+)/gm)].map((match) => match[1] ?? ''))
  const wanted = [...packages]
  for (const library of libraries) if (!(await isInstalled(library))) wanted.push(library)
  process.stdout.write(`    unpacking Debian packages without installing: ${wanted.join(', ')}\n`)

  mkdirSync(root, { recursive: true })
  const downloads = mkdtempSync(path.join(root, 'download-'))
  try {
    if (!(await succeeds(['apt-get', 'download', '-q', ...wanted], downloads))) return false
    for (const file of readdirSync(downloads)) {
      if (!(await succeeds(['dpkg', '-x', path.join(downloads, file), root]))) return false
    }
    return true
  } finally {
    rmSync(downloads, { recursive: true, force: true })
  }
}

async function isInstalled(debianPackage: string): Promise<boolean> {
  return /ok installed/.test((await run(['dpkg-query', '-W', '-f=${Status}', debianPackage])).output)
}

async function succeeds(command: readonly string[], cwd?: string): Promise<boolean> {
  return (await run(command, cwd)).succeeded
}

function run(
  [program = '', ...args]: readonly string[],
  cwd?: string,
): Promise<{ succeeded: boolean; output: string }> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return new Promise((resolve) => {
    execFile(program, args, { env, maxBuffer: 64e6, ...(cwd ? { cwd } : {}) }, (error, output) =>
      resolve({ succeeded: !error, output }),
    )
  })
}
