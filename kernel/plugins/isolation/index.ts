import type { ReadPlugin } from '../catalogue.ts'
import { startGeneration, type Generation, type GenerationRequest } from '../generation.ts'
import type { PluginHost } from '../host.ts'
import type { Tier } from '../plugin-tier.ts'
import type { Body } from './body.ts'
import { defaultLimits, type Fault, type IsolationLimits } from './fault.ts'
import { guardedHost } from './guarded-host.ts'
import { isolatedMigrations, readManifestApart, type IsolatedMigrations } from './isolated-migrations.ts'
import { IsolatedPlugin } from './isolated-plugin.ts'
import type { StartMessage } from './messages.ts'
import { startProcess } from './process-body.ts'
import { runnerProgram } from './runner-program.ts'
import { startWorker } from './worker-body.ts'

export { guardedMigrations } from './guarded-migrations.ts'
export type { Fault, IsolationLimits } from './fault.ts'
export { dropDatabaseUser, NoDatabaseUsersError } from './database-user.ts'

type Runner = (host: PluginHost, request: GenerationRequest) => Promise<Generation>

function limitsOf({ isolation }: PluginHost, { manifest }: ReadPlugin): IsolationLimits {
  const limits = { ...defaultLimits, ...isolation }
  return { ...limits, memoryMb: Math.min(manifest.memoryMb ?? limits.memoryMb, limits.memoryMaxMb) }
}

async function newBody(tier: 'worker' | 'process', memoryMb: number, pluginId: string): Promise<Body> {
  const program = await runnerProgram()
  return tier === 'worker' ? startWorker(program, memoryMb) : startProcess(program, memoryMb, pluginId)
}

/** A release's migrations, to be run outside the kernel's process. */
export async function migrationsIn(
  tier: 'worker' | 'process',
  host: PluginHost,
  plugin: ReadPlugin,
): Promise<IsolatedMigrations> {
  const body = await newBody(tier, limitsOf(host, plugin).memoryMb, plugin.manifest.id)
  return isolatedMigrations({ host, plugin, tier, body })
}

/** What a bundle's own `plugin.ts` says of itself, as JSON, without running it in the kernel's process. */
export async function readManifest(bundle: StartMessage['bundle'], pluginId: string): Promise<unknown> {
  const body = await newBody('process', defaultLimits.memoryMb, pluginId)
  const { code, map, hash } = bundle
  return readManifestApart(body, { pluginId, directory: `/plugins/${pluginId}`, bundle: { code, map, hash } })
}

async function startInline(host: PluginHost, request: GenerationRequest): Promise<Generation> {
  return startGeneration(await guardedHost(host, request.plugin.manifest), request)
}

function startIn(tier: 'worker' | 'process'): Runner {
  return async (host, request) => {
    const { plugin, number, timeoutMs } = request
    const limits = limitsOf(host, plugin)
    const isolated = new IsolatedPlugin({
      host,
      plugin,
      tier,
      number,
      timeoutMs,
      limits,
      newBody: () => newBody(tier, limits.memoryMb, plugin.manifest.id),
    })
    const code = {
      manifest: plugin.manifest,
      migrations: () => [],
      start: () => (kernel: Parameters<IsolatedPlugin['start']>[0]) => isolated.start(kernel),
      // The runner has done it already: it has the source map.
      translate: (error: unknown) => error,
    }
    const generation = await startGeneration(host, { ...request, code })
    return {
      ...generation,
      tier,
      onFault: (listener: (fault: Fault) => void) => isolated.onFault(listener),
      vitals: () => isolated.vitals,
    }
  }
}

/** How a generation is started in each tier; request and answer are the same. */
export const runners: Readonly<Record<Tier, Runner>> = {
  inline: startInline,
  worker: startIn('worker'),
  process: startIn('process'),
}
