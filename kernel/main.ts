import { hostname } from 'node:os'
import path from 'node:path'
import { createLogger, silentLogger } from './broker/index.ts'
import { nameNode } from './log/index.ts'
import { createKernel } from './composition.ts'
import { readConfiguration, type Configuration } from './configuration.ts'
import { assertEngine, connect, migrate } from './connections.ts'
import type { DemoLogin } from './demo/index.ts'
import { writeApiDocuments } from './gateway/index.ts'
import { explainStartup } from './startup-error.ts'

const log = createLogger('kernel')

/** Bundles of plugins are evaluated under this name: it tells whose code a stack goes through. */
const pluginInStack = /plugin:([a-z0-9-]+)@/

/** A promise nobody waited for must not end the platform: it is logged with the plugin it came from. */
function logUnhandled(error: unknown): void {
  const owner = error instanceof Error ? pluginInStack.exec(error.stack ?? '')?.[1] : undefined
  log.error(`A rejection was not handled${owner === undefined ? '' : ` in the plugin ${owner}`}`, { error })
}

async function runMigrations(configuration: Configuration): Promise<void> {
  for (const { name, ms } of await migrate(configuration.databaseUrl)) {
    log.info(`Migrated ${name} in ${Math.round(ms)} ms`)
  }
}

async function serve(configuration: Configuration): Promise<void> {
  nameNode(configuration.nodeId ?? hostname())
  await runMigrations(configuration)
  const kernel = createKernel(configuration)
  await connect(kernel.parts)

  let isStopping = false
  const stop = (reason: string): void => {
    if (isStopping) return
    isStopping = true
    log.info(`Stopping: ${reason}`)
    kernel.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('Stopping failed', { error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('the supervisor is gone'))

  const logins = await kernel.start()
  log.info(`Serving on port ${kernel.port}`)
  process.send?.({ ready: true, logins: labelled(logins) })
}

async function seed(configuration: Configuration): Promise<void> {
  for (const { socket } of configuration.engines) await assertEngine(socket)
  await runMigrations(configuration)
  const kernel = createKernel(configuration)
  await connect(kernel.parts)
  try {
    for (const { label, email, password } of labelled(await kernel.seed())) {
      process.stdout.write(`${label.padEnd(16)}${email.padEnd(28)}${password}\n`)
    }
  } finally {
    await kernel.stop()
  }
}

/** The API as a file, and a page for every problem, for a web server that has no platform behind it. */
async function writeDocuments(configuration: Configuration): Promise<void> {
  const directory = path.join(configuration.dataDirectory, 'docs')
  await writeApiDocuments(directory, createKernel(configuration, { logger: () => silentLogger }).routes)
  process.stdout.write(`Written to ${directory}\n`)
}

function labelled(logins: readonly DemoLogin[]): { label: string; email: string; password: string }[] {
  return logins.map(({ role, email, password }) => ({
    label: role === 'admin' ? 'Administrator' : 'Trader',
    email,
    password,
  }))
}

async function run(word: string): Promise<void> {
  const configuration = readConfiguration(process.env)
  switch (word) {
    case 'serve':
      process.on('unhandledRejection', logUnhandled)
      return serve(configuration)
    case 'migrate':
      return runMigrations(configuration)
    case 'seed':
      return seed(configuration)
    case 'docs':
      await writeDocuments(configuration)
      return process.exit(0)
    default:
      throw new Error(`kernel/main.ts knows no "${word}"; it knows serve, migrate, seed and docs.`)
  }
}

try {
  await run(process.argv[2] ?? 'serve')
} catch (error) {
  process.stderr.write(`${explainStartup(error)}\n`)
  process.exit(1)
}
