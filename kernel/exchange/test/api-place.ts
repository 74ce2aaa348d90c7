import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { createBroker, silentLogger, type Implementation, type Principal } from '../../broker/index.ts'
import type { ParamsOf, ResultOf, Route } from '../../contract/index.ts'

export const system: Principal = { kind: 'system' }
export const anonymous: Principal = { kind: 'anonymous' }

export function user(userId: string, ...permissions: string[]): Principal {
  return { kind: 'user', userId, permissions: new Set(permissions) }
}

export interface ApiPlace {
  /** Calls a route as it is called from outside: with permissions, validation and idempotency. */
  call<X extends Route>(
    route: X,
    params: ParamsOf<X>,
    options?: { as?: Principal; key?: string },
  ): Promise<ResultOf<X>>
  close(): Promise<void>
}

export async function openApi(
  database: Knex,
  owners: Readonly<Record<string, readonly Implementation<never>[]>>,
): Promise<ApiPlace> {
  const broker = createBroker({ database, nodeId: `test-${randomUUID()}`, log: silentLogger })
  await broker.start()
  for (const [owner, implementations] of Object.entries(owners)) broker.publish(owner, implementations)
  return {
    call: (route, params, { as = system, key = randomUUID() } = {}) =>
      broker.call(route, params, { principal: as, idempotencyKey: key }),
    close: () => broker.stop(),
  }
}
