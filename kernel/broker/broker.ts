import type { Knex } from 'knex'
import { Loggers, ServiceBroker, type CallingOptions } from 'moleculer'
import { moleculerConfig } from '../../moleculer.config.ts'
import type { ParamsOf, ResultOf, Route } from '../contract/index.ts'
import { AjvValidator } from './action-validator.ts'
import { accessMiddleware, type AssertOpen } from './access.ts'
import { Facade } from './facade.ts'
import {
  Generation,
  type CallMeta,
  type CallObserver,
  type CallRoute,
  type LocalCallOptions,
} from './generation.ts'
import { createIdempotency } from './idempotency.ts'
import type { Implementation, Principal } from './implementation.ts'
import { createLogger, type Logger } from '../log/index.ts'
import { platformRefusals } from './refusals.ts'
import type { Replaced } from './replaced.ts'
import { activeRequestId } from '../tracing/index.ts'
import { ulid } from './ulid.ts'

export interface BrokerOptions {
  readonly database: Knex
  /** Names this process among those that share the database, the same after a restart. */
  readonly nodeId?: string | undefined
  /** Joins the brokers of several nodes. */
  readonly transporter?: string | undefined
  readonly log?: Logger
  /** Compares every answer with its route's schema; off in production, where it would cost more than it finds. */
  readonly checkResults?: boolean
  readonly observe?: CallObserver
  readonly assertOpen?: AssertOpen
}

export interface CallRouteOptions extends LocalCallOptions {
  readonly principal: Principal
  readonly idempotencyKey?: string
  readonly requestId?: string
}

export interface Broker {
  readonly moleculer: ServiceBroker
  start(): Promise<void>
  /**
   * Replaces everything `owner` serves, in one tick; throws without any effect when it cannot. What is returned is the
   * generation that was replaced: calls that entered it finish on the old code.
   */
  publish(owner: string, implementations: readonly Implementation<never>[]): Replaced
  withdraw(owner: string): Replaced
  /** Calls a route. Throws its refusals, `validation`, `platform.*`, or a bug. */
  call<X extends Route>(route: X, params: ParamsOf<X>, options: CallRouteOptions): Promise<ResultOf<X>>
  stop(): Promise<void>
}

const nothing: Replaced = { inFlight: 0, drained: () => Promise.resolve(true) }

/** Moleculer's own messages, from warnings on, in the words of our log. */
class MoleculerLogger extends Loggers.Base<{ level: 'warn' }> {
  readonly #log: Logger

  constructor(log: Logger) {
    super({ level: 'warn' })
    this.#log = log
  }

  override getLogHandler(bindings?: { mod?: string }) {
    return (level: string, parts: unknown[]): void => {
      if (level !== 'warn' && level !== 'error' && level !== 'fatal') return
      const message = parts.map((part) =>
        part instanceof Error ? (part.stack ?? part.message) : String(part),
      )
      this.#log[level === 'warn' ? 'warn' : 'error'](`${bindings?.mod ?? ''}: ${message.join(' ')}`)
    }
  }
}

const notServed: ReadonlySet<unknown> = new Set(['SERVICE_NOT_FOUND', 'SERVICE_NOT_AVAILABLE'])

function isNotServed(error: unknown): boolean {
  return error instanceof Error && 'type' in error && notServed.has(error.type)
}

export function createBroker(options: BrokerOptions): Broker {
  const log = options.log ?? createLogger('broker')
  const nodeId = options.nodeId ?? moleculerConfig.nodeID
  const moleculer = new ServiceBroker({
    ...moleculerConfig,
    nodeID: nodeId,
    ...(options.transporter === undefined ? {} : { transporter: options.transporter as 'NATS' }),
    logger: new MoleculerLogger(log) as never,
    validator: new AjvValidator({}) as never,
    // Added last it stands outermost: a stranger learns nothing about a route's parameters.
    created: (broker) => broker.middlewares.add(accessMiddleware(options.assertOpen ?? (() => undefined))),
  })
  const idempotency = createIdempotency({ database: options.database, nodeId, log })
  const facades = new Map<string, Facade>()

  const callRoute: CallRoute = async (
    route,
    params,
    { principal, requestId, idempotencyKey, signal, client },
  ) => {
    const meta: CallMeta = { principal, requestId, idempotencyKey: idempotencyKey ?? '' }
    const calling = { meta, requestID: requestId, signal, client }
    try {
      return await moleculer.call(route.action, params, calling as unknown as CallingOptions)
    } catch (error) {
      throw isNotServed(error) ? platformRefusals.unavailable({ action: route.action }) : error
    }
  }
  const generationOptions = {
    observe: options.observe ?? (() => undefined),
    callRoute,
    idempotency,
    checkResults: options.checkResults ?? process.env.NODE_ENV !== 'production',
  }

  function assertOwnActions(owner: string, generation: Generation): void {
    const taken = new Map(
      [...facades.values()].flatMap((facade) => facade.routes.map(({ action }) => [action, facade.owner])),
    )
    for (const { action } of generation.routes) {
      const other = taken.get(action)
      if (other !== undefined && other !== owner) throw new Error(`${action} is served by ${other} already.`)
    }
  }

  return {
    moleculer,
    start: () => moleculer.start(),
    publish(owner, implementations) {
      const generation = new Generation(implementations, generationOptions)
      assertOwnActions(owner, generation)
      const facade = facades.get(owner) ?? new Facade(owner, moleculer)
      const previous = facade.flip(generation)
      facades.set(owner, facade)
      return previous ?? nothing
    },
    withdraw(owner) {
      const previous = facades.get(owner)?.remove()
      facades.delete(owner)
      return previous ?? nothing
    },
    call: (route, params, { requestId = activeRequestId() ?? ulid(), ...rest }) =>
      callRoute(route, params, { requestId, ...rest }),
    async stop() {
      idempotency.stop()
      await moleculer.stop()
    },
  }
}
