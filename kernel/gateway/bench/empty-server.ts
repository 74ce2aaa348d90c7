/**
 * Serves one empty route, by our gateway or by moleculer-web as it comes, in a process of its own; tells the parent its
 * port and, when asked, the processor time it has used.
 */
import { Object as Shape } from 'typebox'
import type { AddressInfo } from 'node:net'
import { ServiceBroker, type ServiceSchema } from 'moleculer'
import ApiGateway from 'moleculer-web'
import { implement } from '../../broker/index.ts'
import { route } from '../../contract/index.ts'
import { openTestDoor } from '../test/test-door.ts'

async function serveOurs(): Promise<number> {
  const empty = { permission: 'public', params: Shape({}), result: Shape({}), errors: [] } as const
  const read = route({ ...empty, action: 'empty.things.show', rest: 'GET /empty', summary: 'Nothing' })
  const write = route({ ...empty, action: 'empty.things.create', rest: 'POST /empty', summary: 'Nothing' })
  const door = await openTestDoor()
  door.serve('empty', [
    implement(read, () => Promise.resolve({})),
    implement(write, () => Promise.resolve({})),
  ])
  return door.gateway.port
}

async function serveStock(): Promise<number> {
  const broker = new ServiceBroker({ logger: false })
  broker.createService({
    name: 'empty',
    actions: { show: () => ({}), create: () => ({}) },
  })
  const gateway = broker.createService({
    name: 'api',
    mixins: [ApiGateway as unknown as Partial<ServiceSchema>],
    settings: {
      port: 0,
      logRequest: null,
      logResponse: null,
      routes: [
        {
          path: '/api',
          aliases: { 'GET /empty': 'empty.show', 'POST /empty': 'empty.create' },
          bodyParsers: { json: true },
        },
      ],
    },
  } as unknown as ServiceSchema)
  await broker.start()
  const { server } = gateway as unknown as { server: { address(): AddressInfo } }
  return server.address().port
}

const port = process.argv[2] === 'ours' ? await serveOurs() : await serveStock()
process.on('message', () =>
  process.send?.({ cpuMicroseconds: process.cpuUsage().user + process.cpuUsage().system }),
)
process.on('disconnect', () => process.exit(0))
process.send?.({ port })
