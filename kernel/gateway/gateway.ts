import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Redis } from 'ioredis'
import type { ServiceSchema } from 'moleculer'
import ApiGateway from 'moleculer-web'
import { createLogger, type Broker, type Logger } from '../broker/index.ts'
import type { Route } from '../contract/index.ts'
import type { Authenticate } from '../identity/index.ts'
import { createMetrics, type Metrics } from '../metrics/index.ts'
import type { Themes } from '../themes/index.ts'
import { createTracing, type Tracing } from '../tracing/index.ts'
import { createApiHandler, type ApiOptions } from './api.ts'
import { createDocuments } from './documents.ts'
import { createEpoch } from './epoch.ts'
import { createFrontDoor, type FrontDoor } from './front-door.ts'
import { createListener } from './listener.ts'
import { createMeasured } from './measured.ts'
import type { Probes } from './probes.ts'
import { createRateLimits } from './rate-limits.ts'

export interface GatewayOptions {
  readonly broker: Broker
  readonly redis: Redis
  readonly authenticate: Authenticate
  /** 0 takes any free port; see `Gateway.port`. */
  readonly port: number
  readonly operatorSocket?: string | undefined
  readonly portalOrigin?: string | undefined
  /** The portal's server tells open tabs what was saved, over WebSockets of its own. */
  readonly isDevelopment?: boolean
  readonly adminRoot?: string | undefined
  /** `CAMBIUM_DATA`; plugin pages lie in `plugin-assets` below it. */
  readonly dataDirectory: string
  readonly requestsPerMinute?: number
  /** How pages look; without them they look as they were built. */
  readonly themes?: Pick<Themes, 'look' | 'file'>
  readonly tracing?: Tracing
  readonly metrics?: Metrics
  readonly probes?: Probes
  readonly around?: NonNullable<ApiOptions['around']>
  readonly log?: Logger
}

export interface Gateway {
  /** The front door, for what speaks another protocol on it. */
  readonly server: Server
  /** Where it listens, once started. */
  readonly port: number
  /** Replaces the owner's routes. Requests that came in before keep the routes they met. */
  setRoutes(owner: string, routes: readonly Route[]): void
  removeRoutes(owner: string): void
  /** What is asked of a disabled plugin is refused as `plugins.plugin_disabled`. */
  setDisabled(pluginId: string, isDisabled: boolean): void
  /** While starting, what has no route yet is refused as `plugins.still_starting` rather than as not found. */
  setStarting(isStarting: boolean): void
  readonly isInPool: boolean
  /** A node that is behind the others refuses every request but the operator's, so that a balancer goes elsewhere. */
  setInPool(isInPool: boolean): void
  start(): Promise<void>
  stop(deadlineMs?: number): Promise<void>
}

const REQUESTS_PER_MINUTE = 3_000
const STOP_DEADLINE_MS = 10_000

type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * moleculer-web's service with its request handler replaced: its own walks a list of patterns for every request, and
 * makes a new route wait for a timer.
 */
function gatewaySchema(serve: HttpHandler): ServiceSchema {
  return {
    name: 'gateway',
    mixins: [ApiGateway as unknown as Partial<ServiceSchema>],
    settings: { server: false, routes: [] },
    methods: { httpHandler: serve },
  } as unknown as ServiceSchema
}

/** A gateway by itself, in a test or a bench: it is there, and has no figures. */
const alone: Probes = {
  ready: () => Promise.resolve({ isReady: true, parts: [] }),
  expose: () => Promise.resolve(''),
}

/** Where requests come in: the port everybody knows, and the socket that only an operator on this machine reaches. */
function createListeners({ broker, port, isDevelopment, operatorSocket }: GatewayOptions, door: FrontDoor) {
  const service = broker.moleculer.createService(
    gatewaySchema((request, response) => door.serve(request, response, operatorRequests.has(request))),
  ) as unknown as { httpHandler: HttpHandler }
  const operatorRequests = new WeakSet<IncomingMessage>()

  const front = createListener({ port }, (request, response) => service.httpHandler(request, response))
  if (isDevelopment) {
    front.server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head))
  }
  const operator =
    operatorSocket === undefined
      ? undefined
      : createListener({ socketPath: operatorSocket }, (request, response) => {
          operatorRequests.add(request)
          return service.httpHandler(request, response)
        })
  return { front, operator }
}

export function createGateway(options: GatewayOptions): Gateway {
  const { broker, redis, authenticate, log = createLogger('gateway') } = options
  const { requestsPerMinute = REQUESTS_PER_MINUTE, adminRoot, portalOrigin } = options
  const limits = createRateLimits({ redis, log, requestsPerMinute })
  const disabled = new Set<string>()
  let epoch = createEpoch(new Map())
  let isStarting = false
  let isInPool = true

  const isDisabled = (pluginId: string): boolean => disabled.has(pluginId)
  const serveApi = createApiHandler({
    broker,
    authenticate,
    limits,
    log,
    isDisabled,
    filesRoot: path.join(options.dataDirectory, 'plugin-exports'),
    epoch: () => epoch,
    isStarting: () => isStarting,
    isInPool: () => isInPool,
    ...(options.around ? { around: options.around } : {}),
  })
  const documents = createDocuments(() => epoch)
  const pluginAssetsRoot = path.join(options.dataDirectory, 'plugin-assets')
  const { themes, tracing = createTracing(), metrics = createMetrics(), probes = alone } = options
  const measured = createMeasured({ tracing, metrics })
  const door = createFrontDoor({
    serveApi,
    documents,
    pluginAssetsRoot,
    adminRoot,
    portalOrigin,
    themes,
    measured,
    probes,
    log,
  })

  const { front, operator } = createListeners(options, door)

  function swap(change: (routes: Map<string, readonly Route[]>) => void): void {
    const routes = new Map(epoch.routesByOwner)
    change(routes)
    epoch = createEpoch(routes)
  }

  return {
    server: front.server,
    get port() {
      return (front.server.address() as AddressInfo).port
    },
    setRoutes: (owner, routes) => swap((all) => all.set(owner, routes)),
    removeRoutes: (owner) => swap((all) => all.delete(owner)),
    setDisabled(pluginId, isNowDisabled) {
      if (isNowDisabled) disabled.add(pluginId)
      else disabled.delete(pluginId)
    },
    get isInPool() {
      return isInPool
    },
    setInPool(isInPoolNow) {
      isInPool = isInPoolNow
    },
    setStarting(isStartingNow) {
      isStarting = isStartingNow
    },
    async start() {
      await front.listen()
      await operator?.listen()
    },
    async stop(deadlineMs = STOP_DEADLINE_MS) {
      await Promise.all([front.close(deadlineMs), operator?.close(deadlineMs)])
      limits.stop()
      door.stop()
    },
  }
}
