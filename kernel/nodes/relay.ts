import type { Channel } from '../channels.ts'
import type { Realtime } from '../realtime/index.ts'
import type { Nodes } from './nodes.ts'

interface Passed {
  readonly name: string
  readonly key: string
  readonly message: unknown
}

const TOPIC = 'realtime.message'

/**
 * Realtime whose messages reach subscribers on every node. A public channel is each node's own, because each follows the
 * same engine; what only some may see is published once, by whichever node did the work, and has to be passed on.
 */
export function relayed(realtime: Realtime, nodes: Nodes): Realtime {
  const passedOn = new Set<string>()
  nodes.listen<Passed>(TOPIC, ({ name, key, message }) => realtime.publish(name, key, message))
  return {
    ...realtime,
    provide(owner, channel: Channel, source) {
      if (channel.access === 'public' || channel.isOfNode) passedOn.delete(channel.name)
      else passedOn.add(channel.name)
      realtime.provide(owner, channel, source)
    },
    publish(name, key, message) {
      realtime.publish(name, key, message)
      if (passedOn.has(name)) nodes.tell(TOPIC, { name, key, message } satisfies Passed)
    },
  }
}
