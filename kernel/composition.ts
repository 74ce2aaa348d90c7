import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Configuration } from './configuration.ts'
import type { Route } from './contract/index.ts'
import { seedDemo, type DemoLogin } from './demo/index.ts'
import { createParts, routesOf, type KernelChanges, type KernelPart, type KernelParts } from './parts.ts'

export interface Kernel {
  readonly port: number
  readonly routes: readonly Route[]
  /** Seeds the demo where the configuration asks for it, and answers its logins. */
  start(): Promise<readonly DemoLogin[]>
  /** Only what the demo needs: nothing listens, no plugin runs. */
  seed(): Promise<readonly DemoLogin[]>
  /** Ends everything in the reverse order: first nobody comes in, last the connections to the databases close. */
  stop(): Promise<void>
}

/** Makes the whole kernel out of its parts. Nothing is connected before `start`; the tables must be there by then. */
export function createKernel(
  configuration: Configuration,
  changes: KernelChanges = {},
): Kernel & { readonly parts: KernelParts } {
  mkdirSync(configuration.dataDirectory, { recursive: true })
  const parts = createParts(configuration, changes)
  const { database, redis, broker, identity, realtime, gateway, exchange, plugins, points, ledger } = parts
  const { observability } = parts
  const serving: Readonly<Record<string, KernelPart>> = {
    ...parts.operating,
    identity,
    ledger,
    exchange,
    ...points.parts,
    valuation: parts.valuation,
    growth: parts.growth,
    themes: parts.themes,
    translations: parts.translations,
    plugins,
    observability,
  }

  /** A change may concern everybody: then every connection is looked at. */
  identity.onChange((userId) => void realtime.refresh(userId))

  async function serve(): Promise<void> {
    for (const [owner, part] of Object.entries(serving)) {
      await identity.definePermissions(owner, part.permissions)
      broker.publish(owner, part.implementations)
      gateway.setRoutes(owner, routesOf(part))
    }
  }

  async function startMoney(): Promise<void> {
    await broker.start()
    await identity.start()
    await serve()
    await exchange.start()
  }

  return {
    parts,
    get port() {
      return gateway.port
    },
    get routes() {
      return Object.values(serving).flatMap(routesOf)
    },
    async start() {
      realtime.attach(gateway.server)
      // Clients are told to come again while the plugins' routes are not there yet.
      gateway.setStarting(true)
      await startMoney()
      const logins = configuration.isDemo ? await seedDemo({ ...parts, legal: parts.operating.legal }) : []
      await gateway.start()
      await parts.themes.start()
      await parts.operating.maintenance.start()
      await points.start()
      await plugins.reconcile()
      gateway.setStarting(false)
      await observability.start()
      parts.operating.status.start()
      return logins
    },
    async seed() {
      await startMoney()
      return seedDemo({ ...parts, legal: parts.operating.legal })
    },
    async stop() {
      // Balancers are told first, and have as long as the operator says to go elsewhere.
      observability.stopping()
      await parts.operating.status.stop()
      if (configuration.stopDelayMs) await pause(configuration.stopDelayMs)
      await realtime.stop()
      await gateway.stop()
      await plugins.stop()
      await points.stop()
      await observability.stop()
      await exchange.stop()
      await broker.stop()
      parts.themes.stop()
      parts.operating.maintenance.stop()
      identity.stop()
      redis.disconnect()
      await database.destroy()
    },
  }
}
