import { createLogger } from './broker/index.ts'
import { createKernel } from './composition.ts'
import { readConfiguration, type Configuration } from './configuration.ts'
import { connect, migrate } from './connections.ts'
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

  await kernel.start()
  log.info(`Serving on port ${kernel.port}`)
  process.send?.({ ready: true, logins: [] })
}

async function run(word: string): Promise<void> {
  const configuration = readConfiguration(process.env)
  switch (word) {
    case 'serve':
      process.on('unhandledRejection', logUnhandled)
      return serve(configuration)
    case 'migrate':
      return runMigrations(configuration)
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
