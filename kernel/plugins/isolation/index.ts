import { startGeneration, type Generation, type GenerationRequest } from '../generation.ts'
import type { PluginHost } from '../host.ts'
import type { Tier } from '../plugin-tier.ts'
import { defaultLimits, type Fault } from './fault.ts'
import { IsolatedPlugin } from './isolated-plugin.ts'
import { startProcess } from './process-body.ts'
import { runnerProgram } from './runner-program.ts'
import { startWorker } from './worker-body.ts'

export type { Fault, IsolationLimits } from './fault.ts'
export { defaultLimits } from './fault.ts'
export { dropDatabaseUser, databaseUserName, NoDatabaseUsersError } from './database-user.ts'

export type Runner = (host: PluginHost, request: GenerationRequest) => Promise<Generation>

async function startInline(host: PluginHost, request: GenerationRequest): Promise<Generation> {
  return startGeneration(host, request)
}

function startIn(tier: 'worker' | 'process'): Runner {
  return async (host, request) => {
    const { plugin, number, timeoutMs } = request
    const limits = { ...defaultLimits, ...host.isolation }
    const isolated = new IsolatedPlugin({
      ...{ host, plugin, tier, number, timeoutMs, limits },
      newBody: async () => {
        const program = await runnerProgram()
        if (tier === 'worker') return startWorker(program, limits.memoryMb)
        return startProcess(program, limits.memoryMb, plugin.manifest.id)
      },
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
