import { listJobs } from '../jobs/routes.ts'
import { showUi } from '../plugins/routes.ts'
import type { TestKernel } from './test-kernel.ts'

/** All that the platform shows to anybody and that a plugin can add to. */
export interface PlatformTrace {
  /** `GET /spot/markets`, of every route that is served. */
  readonly routes: readonly string[]
  readonly servedJobs: readonly string[]
  /** Pages, navigation, slots and style sheet of each frontend. */
  readonly frontends: readonly unknown[]
}

export async function traceOf(kernel: TestKernel): Promise<PlatformTrace> {
  const response = await fetch(`${kernel.origin}/api/openapi.json`)
  const { paths } = (await response.json()) as { paths: Readonly<Record<string, object>> }
  const { items } = await kernel.call(listJobs, {})
  const frontends = await Promise.all(
    (['portal', 'admin'] as const).map(async (app) => {
      const { revision: _, ...shown } = await kernel.call(showUi, { app })
      return shown
    }),
  )
  return {
    routes: Object.entries(paths).flatMap(([place, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${place}`),
    ),
    servedJobs: items.filter(({ isServed }) => isServed).map(({ name }) => name),
    frontends,
  }
}

/** Timers that wait in this process. */
export function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
