import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import { createAnnouncements } from './announcements/index.ts'
import { createAudit } from './audit/index.ts'
import { createBroker, createLogger, type Broker, type Implementation, type Logger } from './broker/index.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { PermissionDeclaration, Route } from './contract/index.ts'
import { createDatabase, createRedis, watchDatabase } from './database/index.ts'
import { createExtensionPoints, type ExtensionPoints } from './extension-points.ts'
import { createExchange, type Exchange } from './exchange/index.ts'
import { createGateway, type Probes } from './gateway/index.ts'
import { createGrowth } from './growth/index.ts'
import { createIdentity, type Identity } from './identity/index.ts'
import { recordMoves } from './kernel-contributions.ts'
import { platformTaskFinders, platformTasks } from './platform-tasks.ts'
import { createLegal } from './legal/index.ts'
import { createLedger, type LedgerModule } from './ledger/index.ts'
import { createMaintenance } from './maintenance/index.ts'
import { mailOwner, type LetterLook } from './mail/index.ts'
import { createMetrics } from './metrics/index.ts'
import { createNodes, relayed } from './nodes/index.ts'
import {
  createPlugins,
  hostStylesFiles,
  portalProgram,
  type Plugins,
  type Deadlines,
  type IsolationLimits,
} from './plugins/index.ts'
import { createObservability, workObservers, type Observability } from './observability/index.ts'
import { createRealtime, type Realtime } from './realtime/index.ts'
import { createStatus, type WatchedFigures } from './status/index.ts'
import { provideKeys } from './settings/index.ts'
import { createTranslations, type Translations } from './translations/index.ts'
import { createThemes, type Themes } from './themes/index.ts'
import { createTracing } from './tracing/index.ts'
import { createValuation, keepDailyWorth, type Valuation } from './valuation/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A part of the kernel that serves routes, under the name of its folder. */
export interface KernelPart {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
}

/** What a test changes of the platform as it is delivered. */
export interface KernelChanges {
  readonly pluginsDirectory?: string
  readonly deadlines?: Partial<Deadlines>
  readonly isolation?: Partial<IsolationLimits>
  readonly requestsPerMinute?: number
  readonly clock?: Clock
  readonly logger?: (owner: string) => Logger
}

export function routesOf(part: KernelPart): Route[] {
  return part.implementations.map(({ route }) => route)
}

/** What the configuration, or a test, says of plugins. */
function pluginSettings(configuration: Configuration, changes: KernelChanges) {
  const { isDemo, isSafe, isDevelopment, dataDirectory, registry, pluginMemoryMb } = configuration
  const { pluginsDirectory = `${root}plugins`, deadlines = {}, isolation } = changes
  return {
    isDemo,
    isSafe,
    isDevelopment,
    dataDirectory,
    pluginsDirectory,
    deadlines,
    ...(registry ? { registry } : {}),
    isolation: { ...(pluginMemoryMb ? { memoryMaxMb: pluginMemoryMb } : {}), ...isolation },
    stylesFiles: hostStylesFiles(root),
    // A kernel that has no portal in front of anybody has nothing rendered either.
    portalProgram: configuration.portalOrigin === undefined ? undefined : portalProgram(root),
  }
}

/** What counts and traces, made before all that is counted and traced. */
function createWatching({ nodeId, otlpEndpoint, traceRatio }: Configuration, database: Knex) {
  const metrics = createMetrics()
  const tracing = createTracing({
    node: nodeId,
    otlpEndpoint,
    ...(traceRatio === undefined ? {} : { ratio: traceRatio }),
  })
  const observe = workObservers(metrics, tracing)
  return { metrics, tracing, observe, watched: watchDatabase(database, observe.statement) }
}

function probesOf({ metricsToken }: Configuration, observability: () => Observability): Probes {
  return { metricsToken, ready: () => observability().ready(), expose: () => observability().expose() }
}

/** What operators do beside the products, and what it means for those who come in. */
function createOperating(
  { clock }: KernelChanges,
  parts: Pick<Parameters<typeof createAudit>[0], 'database' | 'identity'> &
    Pick<Parameters<typeof createMaintenance>[0], 'redis'> & {
      readonly realtime: Realtime
      readonly logger: (owner: string) => Logger
    },
) {
  const { database, redis, realtime, identity, logger } = parts
  const timed = clock ? { clock } : {}
  const maintenance = createMaintenance({ database, redis, realtime, log: logger('maintenance'), ...timed })
  return {
    audit: createAudit({ database, identity, realtime, log: logger('audit'), ...timed }),
    maintenance,
    status: createStatus({ database, redis, resting: maintenance.resting, log: logger('status'), ...timed }),
    announcements: createAnnouncements({ database, realtime, ...timed }),
    legal: createLegal({ database, realtime, ...timed }),
  }
}

interface WorthParts {
  readonly database: Knex
  readonly ledger: LedgerModule
  readonly exchange: Exchange
  readonly realtime: Realtime
  readonly identity: Identity
  readonly points: ExtensionPoints
}

/** What users own, now and from day to day. */
function createWorth({ identity, points, ...parts }: WorthParts): Valuation {
  const { modules, strategies, clock } = points
  const valuation = createValuation({ ...parts, strategies, clock, wallets: modules.wallets })
  keepDailyWorth({ database: parts.database, modules, identity, valuation, clock })
  return valuation
}

/** Letters wear the portal's theme: they go to its users mostly. */
async function letterLook(themes: Themes): Promise<LetterLook> {
  const { brand, tokens } = await themes.content('portal')
  return { brand, colors: tokens.light, radius: tokens.radius }
}

/** Notices are letters as well, in the words of pages and the reader's language. */
function writeNotices(
  { modules }: ExtensionPoints,
  identity: Identity,
  { say }: Pick<Translations, 'say'>,
): void {
  const reader = async (userId: string) => {
    const user = await identity.findUser(userId)
    return user && !user.isHouse
      ? { email: user.email, language: await identity.languageOf(userId) }
      : undefined
  }
  modules.notifications.useLetters({ mail: modules.mail, texts: say, reader })
}

/** What of the extension points is observed; metrics by name are those of plugins, and those rules watch. */
function observedPoints({ modules: { events, jobs, metrics, alerts } }: ExtensionPoints) {
  return {
    jobs,
    isServed: (owner: string, event: string) => events.isServed(owner, event),
    watchedMetrics: async () => {
      const own = metrics.exposed().map(({ name }) => name)
      return new Set([...own, ...(await alerts.watchedMetrics())])
    },
    pluginMetrics: () => [...metrics.exposed()],
  }
}

/** What everything else hangs on: stores, the broker, who somebody is, and the open tabs. */
function createBase(
  configuration: Configuration,
  logger: typeof createLogger,
  assertOpen: NonNullable<Parameters<typeof createBroker>[0]['assertOpen']>,
) {
  const database = createDatabase(configuration.databaseUrl)
  const redis = createRedis(configuration.redisUrl)
  const { nodeId, transporter, dataDirectory } = configuration
  const watching = createWatching(configuration, database)
  const { observe } = watching
  const broker = createBroker({
    database,
    nodeId,
    transporter,
    log: logger('broker'),
    observe: observe.call,
    assertOpen,
  })
  const nodes = createNodes(broker.moleculer, logger('nodes'))
  const identity = createIdentity({ database, redis, keys: provideKeys(dataDirectory) })
  const own = createRealtime({ authenticate: identity.authenticate, log: logger('realtime') })
  return { database, redis, ...watching, broker, nodes, identity, own, realtime: relayed(own, nodes) }
}

async function watchedFigures(observability: Observability, plugins: Plugins): Promise<WatchedFigures> {
  const [values, figures, names] = await Promise.all([
    observability.latest(),
    plugins.figures(),
    plugins.names(),
  ])
  return { values, plugins: figures, names }
}

type Base = ReturnType<typeof createBase>

/** What stands between those who come in and everything else. */
function createFront(
  configuration: Configuration,
  changes: KernelChanges,
  base: Base,
  observability: () => Observability,
) {
  const { logger = createLogger } = changes
  const { database, redis, realtime, identity, broker, tracing, metrics } = base
  const { dataDirectory } = configuration
  const themes = createThemes({
    database,
    redis,
    realtime,
    dataDirectory,
    directory: `${root}themes`,
    log: logger('themes'),
  })
  const operating = createOperating(changes, { database, redis, realtime, identity, logger })
  const gateway = createGateway({
    ...configuration,
    ...changes,
    broker,
    redis,
    themes,
    authenticate: identity.authenticate,
    tracing,
    metrics,
    log: logger('gateway'),
    around: operating.audit.around,
    probes: probesOf(configuration, observability),
  })
  return { themes, operating, gateway }
}

/** What is held, by whom, what it is worth, and what modules and plugins hang on to it. */
function createHoldings(configuration: Configuration, changes: KernelChanges, base: Base, themes: Themes) {
  const { logger = createLogger } = changes
  const { dataDirectory, engines, privateHosts } = configuration
  const { database, redis, identity, realtime, metrics, observe } = base
  const ledger = createLedger({ database })
  const points = createExtensionPoints({
    database,
    redis,
    identity,
    ledger,
    realtime,
    dataDirectory,
    logger,
    letterLook: () => letterLook(themes),
    registry: metrics.registry,
    privateHosts,
    clock: changes.clock ?? systemClock,
    around: observe,
  })
  const exchange = createExchange({
    database,
    redis,
    engines,
    ledger,
    users: identity,
    onMoved: recordMoves(points.modules, identity),
    log: logger('exchange'),
    observe: observe.command,
  })
  const valuation = createWorth({ database, ledger, exchange, realtime, identity, points })
  const growth = createGrowth({ database, prices: valuation.prices, clock: points.clock })
  return { ledger, points, exchange, valuation, growth }
}

export type KernelParts = ReturnType<typeof createParts>

/** Makes every part; nothing is connected yet. */
/** What of the platform itself waits is read by the routes that show it. */
function publishTasks({ modules }: ExtensionPoints, broker: Broker): void {
  const finders = platformTaskFinders((route, params) =>
    broker.call(route, params, { principal: { kind: 'system' } }),
  )
  modules.tasks.publish('platform', platformTasks, finders)
}

export function createParts(configuration: Configuration, changes: KernelChanges) {
  const { logger = createLogger } = changes
  const base = createBase(configuration, logger, (route, principal) =>
    front.operating.maintenance.assertOpen(route, principal),
  )
  const front = createFront(configuration, changes, base, () => observability)
  const { themes, operating, gateway } = front
  const { ledger, points, exchange, valuation, growth } = createHoldings(configuration, changes, base, themes)
  const { database, redis, metrics, tracing, watched, broker, nodes, identity, own, realtime } = base
  const translations = createTranslations({
    database,
    realtime,
    root,
    pluginTexts: () => plugins.texts(),
  })
  writeNotices(points, identity, translations)
  const contents = { valuation, growth, themes, translations }
  const kernelParts = { ...operating, identity, ledger, exchange, ...points.parts, ...contents }
  const plugins = createPlugins({
    database,
    broker,
    gateway,
    realtime,
    identity,
    ledger,
    exchange,
    points,
    ...pluginSettings(configuration, changes),
    log: logger('plugins'),
    nodes,
    setInPool: gateway.setInPool,
    kernelRoutes: Object.values(kernelParts).flatMap(routesOf),
  })
  points.modules.settings.lookUp({ list: async () => [mailOwner, ...(await plugins.settingsOwners())] })
  operating.maintenance.lookUp(plugins.names)
  publishTasks(points, broker)
  points.modules.personalData.setKeeper('announcements', operating.announcements)
  points.modules.personalData.setKeeper('legal', operating.legal)
  identity.setAgreements(operating.legal.agreements)
  const observability: Observability = createObservability({
    database,
    redis,
    watched,
    metrics,
    tracing,
    nodes,
    realtime,
    ledger,
    exchange,
    dataDirectory: configuration.dataDirectory,
    ...observedPoints(points),
    log: logger('observability'),
    sockets: () => own.counts(),
    plugins: () => plugins.figures(),
    isInPool: () => gateway.isInPool,
  })
  points.modules.alerts.watch(observability)
  operating.status.lookUp(() => watchedFigures(observability, plugins))
  const connections = { database, redis, broker, nodes, realtime, gateway, operating }
  return { ...connections, identity, ledger, exchange, points, ...contents, plugins, observability }
}
