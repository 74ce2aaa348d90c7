/**
 * `node crash-program.ts OPTIONS`: a kernel that makes changes to a plugin and kills itself in the last one, as a power
 * cut would, the moment a step of it begins or has ended.
 */
import { cp } from 'node:fs/promises'
import path from 'node:path'
import * as routes from '../routes.ts'
import type { Operation } from '../routes.ts'
import { startPlatform } from './platform.ts'

export type CrashChange = 'enable' | 'disable' | 'upgrade' | 'rollback' | 'purge'

export interface CrashOptions {
  readonly pluginsDirectory: string
  readonly dataDirectory: string
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly changes: readonly CrashChange[]
  /** Holds the second version, which an upgrade puts into the plugin's folder. */
  readonly secondDirectory: string
  /** `migrate running`: the kill comes in the turn that tells of it. Null: nobody kills it. */
  readonly at: string | null
}

const options = JSON.parse(process.argv[2] ?? '') as CrashOptions
const { databaseUrl, redisUrl, changes, at, secondDirectory, ...directories } = options
const sample = { pluginId: 'sample' }
let isArmed = false

function die({ steps }: Operation): void {
  const isThere = steps.some(({ name, state }) => `${name} ${state}` === at)
  if (isArmed && isThere) process.kill(process.pid, 'SIGKILL')
}

const platform = await startPlatform({
  ...directories,
  services: { databaseUrl, redisUrl, release: () => undefined },
  onOperation: die,
})
await platform.plugins.reconcile()

const make: Readonly<Record<CrashChange, () => Promise<Operation>>> = {
  enable: () => platform.call(routes.enablePlugin, sample),
  disable: () => platform.call(routes.disablePlugin, sample),
  upgrade: async () => {
    await cp(secondDirectory, path.join(directories.pluginsDirectory, 'sample'), { recursive: true })
    return platform.call(routes.upgradePlugin, { ...sample, version: '1.1.0' })
  },
  rollback: () => platform.call(routes.rollbackPlugin, sample),
  purge: () => platform.call(routes.uninstallPlugin, { ...sample, data: 'purge', confirmation: 'sample' }),
}

for (const [index, change] of changes.entries()) {
  isArmed = index === changes.length - 1
  const { state, reason } = await make[change]()
  process.stdout.write(`${change} ${state} ${reason ?? ''}\n`)
}
await platform.stop()
process.exit(0)
