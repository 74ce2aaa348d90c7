import type { PermissionDeclaration } from '../plugins/manifest.ts'

/** Those without roles are the operator's own: they also ask for the command on the machine, see `operator.ts`. */
export const exchangePermissions: readonly PermissionDeclaration[] = [
  { id: 'exchange.status.read', title: 'See how far settlement and market data are', roles: ['admin'] },
  { id: 'exchange.orders.read', title: 'See who has open orders in a market', roles: ['admin'] },
  { id: 'exchange.fundings.create', title: 'Fund wallets from outside', roles: [] },
  { id: 'exchange.reservations.manage', title: 'Reserve markets, keeping house makers away', roles: [] },
  { id: 'exchange.houseOrders.submit', title: 'Trade as a house account', roles: [] },
]
