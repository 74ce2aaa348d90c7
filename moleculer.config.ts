import { hostname } from 'node:os'
import type { BrokerOptions } from 'moleculer'

/** What every broker of this node has in common. Calls between services of one node never leave its memory. */
export const moleculerConfig = {
  nodeID: hostname(),
  namespace: 'cambium',
  // Nothing is lost by stopping at once: the gateway drains before the broker stops.
  registry: { stopDelay: 0 },
  // A node that is gone is missed after six seconds.
  heartbeatInterval: 2,
  heartbeatTimeout: 6,
  // Each owner drains its own generations; see kernel/broker.
  tracking: { enabled: false },
  // The kernel decides when to end, in what order.
  skipProcessEventRegistration: true,
  metrics: false,
  tracing: false,
} satisfies BrokerOptions

export default moleculerConfig
