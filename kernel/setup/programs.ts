import { globSync } from 'node:fs'
import path from 'node:path'
import { readEngineShards } from '../engine-shards.ts'
import { Supervisor } from '../supervisor/index.ts'
import { buildApps } from './build.ts'
import { provideChromium } from './debian-packages.ts'
import { takeLock } from './lock.ts'
import { dataDirectory, root } from './place.ts'
import { kernelEnvironment, kernelProgram, type PlatformWiring } from './platform-children.ts'
import { startEngines } from './platform.ts'
import { provideServices } from './private-services.ts'
import { terminalProgress as progress } from './progress.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'
import { operatorSocket, provideSocketDirectory } from './socket-path.ts'

/** `npm run bench [NAME]`: runs one benchmark; without a name it says which there are. */
export async function bench([name, ...options]: readonly string[]): Promise<number> {
  const all = globSync('{kernel,engine,plugins/*,themes/*,test}/**/*.bench.ts', {
    cwd: root,
    exclude: (file) => /(^|\/)(node_modules|\.nuxt|\.output)(\/|$)/.test(file),
  }).toSorted()
  const nameOf = (file: string) => path.basename(file, '.bench.ts')
  if (name === undefined) {
    for (const file of all) console.log(`npm run bench ${nameOf(file).padEnd(12)} ${file}`)
    return 0
  }
  const file = all.find((candidate) => nameOf(candidate) === name)
  if (!file) throw new SetupError(`There is no such benchmark; there are: ${all.map(nameOf).join(', ')}.`)

  const env: Record<string, string> = {}
  // Those of the root run the whole platform, as it is built.
  if (file.startsWith('test/')) Object.assign(env, await preparedBrowser())
  return (await runProgram({ args: [file, ...options], env })).code
}

/** `npm run screens [-- --only PATTERN --width 390 --theme dark --language ar]`: a picture of every page, and what is wrong with it. */
export async function screens(args: readonly string[]): Promise<number> {
  const env = await preparedBrowser()
  return (await runProgram({ args: ['test/screens/screens.ts', ...args], env })).code
}

async function preparedBrowser(): Promise<Readonly<Record<string, string>>> {
  const chromium = await progress.step('Chromium', provideChromium)
  await buildApps(progress)
  return { CHROME_PATH: chromium }
}

/** `npm run migrate`: brings the kernel's tables up to date without starting the platform. */
export function migrate(args: readonly string[]): Promise<number> {
  return unlessRunning('it brought its tables up to date when it started.', () =>
    withServices((wiring) => runKernel(['migrate', ...args], wiring)),
  )
}

/** `npm run seed`: writes the demo's users and balances; again is harmless. */
export function seed(args: readonly string[]): Promise<number> {
  return unlessRunning('it writes the demo when it starts, unless CAMBIUM_DEMO=0 forbids it.', () =>
    withServices((wiring) => withEngine(wiring, () => runKernel(['seed', ...args], wiring))),
  )
}

/** `npm run docs`: writes the API description and the problem pages. It connects to nothing. */
export async function docs(args: readonly string[]): Promise<number> {
  const nowhere = { databaseUrl: 'mysql://nobody@localhost/nowhere', redisUrl: 'redis://localhost' }
  return runKernel(['docs', ...args], wiringFor(nowhere))
}

/** `npm run simulate [-- --seed N]`: random trading on both engines against every invariant, repeatable by its seed. */
export async function simulate(args: readonly string[]): Promise<number> {
  return (await runProgram({ args: ['engine/simulate.ts', ...args] })).code
}

/** A platform that runs has done the work already; its data are left to it. */
async function unlessRunning(whatItDid: string, work: () => Promise<number>): Promise<number> {
  const unlock = await takeLock(path.join(dataDirectory, 'platform'))
  if (!unlock) {
    console.log(`Cambium is running: ${whatItDid}`)
    return 0
  }
  try {
    return await work()
  } finally {
    unlock()
  }
}

async function withServices(work: (wiring: PlatformWiring) => Promise<number>): Promise<number> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env
  const services = await progress.step('MariaDB and Redis', () =>
    provideServices({ directory: dataDirectory, databaseUrl, redisUrl }),
  )
  try {
    return await work(wiringFor(services))
  } finally {
    await services.stop()
  }
}

async function withEngine(wiring: PlatformWiring, work: () => Promise<number>): Promise<number> {
  const supervisor = new Supervisor({ logDirectory: path.join(dataDirectory, 'log'), say: progress.say })
  try {
    await startEngines(supervisor, wiring, progress)
    return await work()
  } finally {
    await supervisor.stop()
  }
}

async function runKernel(args: readonly string[], wiring: PlatformWiring): Promise<number> {
  return (await runProgram({ args: [kernelProgram, ...args], env: kernelEnvironment(wiring) })).code
}

/** Of a kernel that serves nobody: it has no port and no portal. */
function wiringFor({
  databaseUrl,
  redisUrl,
}: Pick<PlatformWiring, 'databaseUrl' | 'redisUrl'>): PlatformWiring {
  return {
    databaseUrl,
    redisUrl,
    directory: dataDirectory,
    port: 0,
    portalPort: 0,
    engineShards: process.env.ENGINE_SHARDS ?? '',
    shards: readEngineShards(process.env.ENGINE_SHARDS),
    socketDirectory: provideSocketDirectory(dataDirectory),
    operatorSocket: operatorSocket(),
    isSafe: false,
    isDevelopment: false,
  }
}
