import { buildApps } from './build.ts'
import { dataDirectory, root } from './place.ts'
import path from 'node:path'
import { type Platform, startPlatform } from './platform.ts'
import { terminalProgress as progress } from './progress.ts'
import { SetupError } from './setup-error.ts'

/** `npm start [-- --safe]`: the whole platform, until it is told to stop. */
export function start(args: readonly string[]): Promise<number> {
  return run({ isSafe: args.includes('--safe'), isDevelopment: false })
}

/** `npm run dev`: the same with watched sources and the portal under Nuxt's development server. */
export function dev(args: readonly string[]): Promise<number> {
  return run({ isSafe: args.includes('--safe'), isDevelopment: true })
}

async function run(mode: { isSafe: boolean; isDevelopment: boolean }): Promise<number> {
  const stopping = new AbortController()
  const { signal } = stopping
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())

  const port = portFrom(process.env.PORT)
  const startedAt = performance.now()
  console.log('Cambium')
  let platform: Platform
  try {
    platform = await startPlatform({
      directory: dataDirectory,
      port,
      databaseUrl: process.env.DATABASE_URL,
      redisUrl: process.env.REDIS_URL,
      engineShards: process.env.ENGINE_SHARDS,
      engineStandby: process.env.ENGINE_STANDBY,
      prepare: () => buildApps(progress, { signal, ...(mode.isDevelopment ? { only: ['admin-nuxt'] } : {}) }),
      progress,
      signal,
      ...mode,
    })
  } catch (error) {
    if (signal.aborted) return 0
    throw error
  }
  welcome(platform, (performance.now() - startedAt) / 1000)

  const failure = await Promise.race([
    stopped.then(() => undefined),
    platform.failure.catch((error: Error) => error),
  ])
  console.log('\nStopping.')
  await platform.stop()
  if (failure) throw new SetupError(failure.message)
  console.log('Everything is stopped.')
  return 0
}

function welcome({ url, logins }: Platform, seconds: number): void {
  console.log(`\nCambium is running after ${seconds.toFixed(1)} s.\n`)
  console.log(`  Portal    ${url}`)
  console.log(`  Admin     ${url}/admin`)
  console.log(`  API docs  ${url}/api/docs\n`)
  if (logins.length > 0) {
    console.log('  Demo logins')
    const width = Math.max(...logins.map(({ email }) => email.length))
    for (const { label, email, password } of logins)
      console.log(`    ${email.padEnd(width)}  ${password}  (${label})`)
    console.log('')
  }
  console.log(
    `  Logs are in ${path.relative(root, dataDirectory) || dataDirectory}/log. Ctrl-C stops everything.`,
  )
}

function portFrom(text = '3000'): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (port >= 1 && port <= 65535) return port
  throw new SetupError(`PORT must be a number from 1 to 65535, not ${text}.`)
}
