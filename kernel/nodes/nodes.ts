import type { Context, ServiceBroker, ServiceSchema } from 'moleculer'
import type { Logger } from '../broker/index.ts'

/** The kernels that share one database, as this one sees them. Without a transporter it is alone. */
export interface Nodes {
  readonly id: string
  /** There is a transporter: others may come and go. */
  readonly isJoined: boolean
  /** Ids of the others that can be reached now. */
  others(): readonly string[]
  /** Asks one node and waits for its answer; throws what it throws, or when it does not answer in time. */
  ask<Answer>(nodeId: string, question: string, content: object, timeoutMs: number): Promise<Answer>
  /** Tells all others; whoever cannot be reached does not hear it. */
  tell(topic: string, content: object): void
  answer<Content extends object>(question: string, handler: (content: Content) => Promise<unknown>): void
  listen<Content extends object>(topic: string, handler: (content: Content) => void): void
}

const HEARD_WITHIN_MS = 5_000

interface Message {
  readonly name: string
  readonly content: object
}

interface ListedNode {
  readonly id: string
  readonly available: boolean
}

/** Moleculer's transporter carries it: nothing here knows a network. Called before the broker starts. */
export function createNodes(moleculer: ServiceBroker, log: Logger): Nodes {
  const answers = new Map<string, (content: never) => Promise<unknown>>()
  const listeners = new Map<string, (content: never) => void>()
  const isAlone = !moleculer.options.transporter

  const schema: ServiceSchema = {
    name: 'nodes',
    actions: {
      ask: async ({ params: { name, content } }: Context<Message>) => {
        const handler = answers.get(name)
        if (!handler) throw new Error(`This node knows no question ${name}.`)
        return handler(content as never)
      },
      hear: async ({ params: { name, content } }: Context<Message>) =>
        listeners.get(name)?.(content as never),
    },
  }
  if (!isAlone) moleculer.createService(schema)

  const others = (): readonly string[] => {
    if (isAlone) return []
    const listed = moleculer.registry.getNodeList({ onlyAvailable: true }) as readonly ListedNode[]
    return listed.map(({ id }) => id).filter((id) => id !== moleculer.nodeID)
  }

  return {
    id: moleculer.nodeID,
    isJoined: !isAlone,
    others,
    ask: (nodeID, name, content, timeout) =>
      moleculer.call('nodes.ask', { name, content }, { nodeID, timeout, retries: 0 }),
    tell: (name, content) => {
      for (const nodeID of others()) {
        moleculer
          .call('nodes.hear', { name, content }, { nodeID, timeout: HEARD_WITHIN_MS, retries: 0 })
          .catch((error: unknown) => log.warn(`node ${nodeID} was not told of ${name}`, { error }))
      }
    },
    answer: (question, handler) => void answers.set(question, handler as never),
    listen: (topic, handler) => void listeners.set(topic, handler as never),
  }
}
