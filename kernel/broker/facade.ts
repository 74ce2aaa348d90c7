import { Service, type ServiceBroker, type ServiceSchema } from 'moleculer'
import type { Route } from '../contract/index.ts'
import type { Generation, RouteContext } from './generation.ts'

/** The parts of Moleculer's registry that swap a service within one tick; its own start and stop take several. */
interface LocalRegistry {
  registerLocalService(specification: unknown): void
  unregisterService(fullName: string, nodeId: string): void
}

interface Registered {
  readonly service: Service
  readonly contract: string
}

/**
 * One Moleculer service for all that an owner serves. Its actions follow a pointer to the current generation, so new
 * code behind the same contract is one assignment; another contract replaces the service in the registry, within the
 * same tick. Either way a call finds the old generation or the new one, never none.
 */
export class Facade {
  readonly owner: string
  readonly #moleculer: ServiceBroker
  #registered: Registered | undefined
  #current: Generation | undefined

  constructor(owner: string, moleculer: ServiceBroker) {
    this.owner = owner
    this.#moleculer = moleculer
  }

  get routes(): readonly Route[] {
    return this.#current?.routes ?? []
  }

  /** Returns the generation that was replaced. */
  flip(generation: Generation): Generation | undefined {
    const contract = JSON.stringify(generation.routes)
    if (this.#registered?.contract !== contract) this.#register(generation.routes, contract)
    const previous = this.#current
    this.#current = generation
    return previous
  }

  remove(): Generation | undefined {
    const previous = this.#current
    if (this.#registered) this.#unregister(this.#registered.service)
    this.#registered = undefined
    this.#current = undefined
    return previous
  }

  #register(routes: readonly Route[], contract: string): void {
    const service = new Service(this.#moleculer, this.#schema(routes))
    if (this.#registered) this.#unregister(this.#registered.service)
    const { _serviceSpecification: specification } = service as unknown as { _serviceSpecification: unknown }
    this.#registry.registerLocalService(specification)
    this.#registered = { service, contract }
  }

  #unregister(service: Service): void {
    this.#registry.unregisterService(service.fullName, this.#moleculer.nodeID)
    const { services } = this.#moleculer
    const index = services.indexOf(service)
    if (index !== -1) services.splice(index, 1)
  }

  get #registry(): LocalRegistry {
    return this.#moleculer.registry as unknown as LocalRegistry
  }

  #schema(routes: readonly Route[]): ServiceSchema {
    const actions = routes.map((route) => [
      route.action,
      {
        params: route.params,
        permission: route.permission,
        isRead: route.method === 'GET',
        scope: route.scope,
        // Every node serves all there is: a call is answered where it came in, by the generation that serves there.
        visibility: 'protected' as const,
        handler: (ctx: RouteContext) => this.#run(route.action, ctx),
      },
    ])
    return {
      name: this.owner,
      settings: { $noServiceNamePrefix: true },
      actions: Object.fromEntries(actions) as ServiceSchema['actions'],
    } as ServiceSchema
  }

  #run(action: string, ctx: RouteContext): Promise<unknown> {
    const generation = this.#current
    if (!generation) return Promise.reject(new Error(`${this.owner} serves nothing.`))
    return generation.run(action, ctx)
  }
}
