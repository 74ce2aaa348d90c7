import { globSync } from 'node:fs'
import path from 'node:path'
import { Supervisor } from '../supervisor/index.ts'
import { buildApps } from './build.ts'
import { provideChromium } from './debian-packages.ts'
import { freePort } from './free-port.ts'
import { dataDirectory, root } from './place.ts'
import { engineChild, kernelEnvironment, kernelProgram, type PlatformWiring } from './platform-children.ts'
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
  if (file.startsWith('test/')) {
    env.CHROME_PATH = await progress.step('Chromium', provideChromium)
    await buildApps(progress)
  }
  return (await runProgram({ args: [file, ...options], env })).code
}

/** `npm run migrate`: brings the kernel's tables up to date without starting the platform. */
export function migrate(args: readonly string[]): Promise<number> {
  return runKernel(['migrate', ...args])
}

/** `npm run seed`: writes the demo's users, balances and markets; again is harmless. */
export function seed(args: readonly string[]): Promise<number> {
  return runKernel(['seed', ...args])
}

/** `npm run docs`: writes the API description and the problem pages. */
export function docs(args: readonly string[]): Promise<number> {
  return runKernel(['docs', ...args])
}

/** `npm run simulate [-- --seed N]`: random trading on both engines against every invariant, repeatable by its seed. */
export async function simulate(args: readonly string[]): Promise<number> {
  return (await runProgram({ args: ['engine/simulate.ts', ...args] })).code
}

/** Runs one of the kernel's own commands with the services and the engine it works on started for it. */
async function runKernel(args: readonly string[]): Promise<number> {
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env
  const supervisor = new Supervisor({ logDirectory: path.join(dataDirectory, 'log'), say: progress.say })
  const services = await progress.step('MariaDB and Redis', () =>
    provideServices({ directory: dataDirectory, databaseUrl, redisUrl }),
  )
  try {
    const wiring: PlatformWiring = {
      ...services,
      directory: dataDirectory,
      port: 0,
      portalPort: await freePort(),
      engineSocket: path.join(provideSocketDirectory(dataDirectory), 'engine.sock'),
      operatorSocket: operatorSocket(),
      isSafe: false,
      isDevelopment: false,
    }
    await progress.step('engine', () => supervisor.start(engineChild(wiring)))
    return (await runProgram({ args: [kernelProgram, ...args], env: kernelEnvironment(wiring) })).code
  } finally {
    await supervisor.stop()
    await services.stop()
  }
}
