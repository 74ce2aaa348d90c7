import type { Route } from '../../contract/index.ts'
import * as exchange from '../../exchange/routes.ts'
import * as ledger from '../../ledger/routes.ts'
import * as plugins from '../../plugins/routes.ts'

/** Every route a module exports: forgetting one in a list would leave it untested. */
function routesIn(module: object): readonly Route[] {
  return Object.values(module).filter(
    (value): value is Route =>
      typeof value === 'object' && value !== null && 'rest' in value && 'action' in value,
  )
}

export const exchangeRoutes = routesIn(exchange)
export const ledgerRoutes = routesIn(ledger)
export const pluginsRoutes = routesIn(plugins)
