import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:net'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import * as schema from 'typebox'
import { route } from '../../../contract/index.ts'
import { startProcess } from '../process-body.ts'
import { wallFor } from '../process-wall.ts'
import { openIsolationPlace, type IsolationPlace } from './isolation-place.ts'

const reachRoute = route({
  action: 'nosy.reaches.run',
  rest: 'POST /nosy/reaches',
  summary: 'Reaches for what it is told',
  permission: 'public',
  params: schema.Object({ code: schema.String(), argument: schema.Optional(schema.String()) }),
  result: schema.Any(),
  errors: [],
})

/** Runs any text with all that a plugin's own code has in reach: the worst a package can hold. */
const nosyFiles = {
  'portal/NosyHomePage.vue': null,
  'routes/pings.ts': `
    import { route } from '@cambium/kernel/contract'
    import { Any, Object, Optional, String } from 'typebox'
    export const reach = route({ action: 'nosy.reaches.run', rest: 'POST /nosy/reaches', summary: 'Reaches',
      permission: 'public', params: Object({ code: String(), argument: Optional(String()) }), result: Any(), errors: [] })`,
  'plugin.ts': `
    import { definePlugin } from '@cambium/kernel'
    import { reach } from './routes/pings.ts'
    export const plugin = definePlugin({
      id: 'nosy', version: '1.0.0', kernel: '^0.1.0', name: 'Nosy', summary: 'x', description: 'x', publisher: 'Tests',
      category: 'tests', icon: 'i-lucide-flask-conical', permissions: [], routes: [reach],
      grants: { outboundHosts: ['127.0.0.1:GRANTED'] },
    })`,
  'server/server.ts': `
    import { implement, type StartPlugin } from '@cambium/kernel'
    import { reach } from '../routes/pings.ts'
    const AsyncFunction = (async () => undefined).constructor
    export const start: StartPlugin = async (kernel) => ({
      implementations: [implement(reach, async ({ params }) =>
        (await new AsyncFunction('kernel', 'require', 'argument', params.code)(kernel, require, params.argument)) ?? null)],
    })`,
}

const refusedBits = {
  'the file system': "return require('node:fs').readFileSync('/etc/passwd', 'utf8')",
  'the file system by import': "return (await import('node:fs')).readFileSync('/etc/passwd', 'utf8')",
  'other processes': "return require('child_process').execSync('id').toString()",
  'other threads': "return new (require('node:worker_threads').Worker)('1', { eval: true })",
  'module loading': "return process.getBuiltinModule('net')",
  'native modules': "return process.dlopen({}, '/tmp/x.node')",
  bindings: "return process.binding('tcp_wrap')",
  'the main module': "return process.mainModule.require('net')",
  sockets: "return require('node:net').connect(argument)",
  'sockets by eval': "return (0, eval)('require')('node:net')",
  fetch: 'return (await fetch(argument)).status',
  'web sockets': "return new WebSocket('ws://127.0.0.1:1')",
  signals: "return process.kill(process.pid, 'SIGTERM')",
  'database drivers':
    "return require('knex')({ client: 'mysql2', connection: { host: '127.0.0.1' } }).raw('SELECT 1')",
} as const

for (const tier of ['worker', 'process'] as const) {
  describe(`what a plugin can reach in the ${tier} tier`, function () {
    this.timeout(60_000)
    let place: IsolationPlace
    let server: Server
    let granted: HttpServer
    let connections = 0
    const run = (code: string, argument?: string) =>
      place.call(reachRoute, { code, ...(argument === undefined ? {} : { argument }) })
    const portOf = (listening: Server): number => (listening.address() as { port: number }).port

    before(async () => {
      server = createServer((socket) => {
        connections += 1
        socket.destroy()
      }).listen(0, '127.0.0.1')
      granted = createHttpServer((request, response) => {
        response.setHeader('x-method', request.method ?? '')
        request.pipe(response)
      }).listen(0, '127.0.0.1')
      await Promise.all(
        [server, granted].map((one) => new Promise((resolve) => one.once('listening', resolve))),
      )
      place = await openIsolationPlace()
      const files = {
        ...nosyFiles,
        'plugin.ts': nosyFiles['plugin.ts'].replace('GRANTED', String(portOf(granted))),
      }
      await place.plugins.write('nosy', files)
      await place.serve('nosy', tier)
    })
    after(async () => {
      await place.stop()
      server.close()
      granted.close()
    })

    for (const [what, code] of Object.entries(refusedBits)) {
      it(`is not ${what}`, async () => {
        await assert.rejects(run(code, `http://127.0.0.1:${portOf(server)}`))
      })
    }

    it('is none of the platform’s variables', async () => {
      assert.deepEqual(await run('return Object.keys(process.env)'), [])
      const all = await run('return Object.getOwnPropertyNames(globalThis)')
      for (const name of ['require', 'module', 'fs', 'net', 'child_process', 'fetch', 'WebSocket']) {
        assert.ok(!(all as string[]).includes(name), name)
      }
    })

    it('is the host it was granted, through the kernel, and no other', async () => {
      const answer = await run(
        `const response = await kernel.fetch(argument, { method: 'POST', body: 'hello' })
         return [response.status, response.headers.get('x-method'), await response.text()]`,
        `http://127.0.0.1:${portOf(granted)}/`,
      )
      assert.deepEqual(answer, [200, 'POST', 'hello'])
      const other = run('await kernel.fetch(argument)', `http://127.0.0.1:${portOf(server)}/`)
      await assert.rejects(other, { type: 'plugins.grant_missing' })
      assert.equal(connections, 0)
    })
  })
}

describe('the wall around a plugin’s process', function () {
  this.timeout(60_000)

  /** A program that never was behind the fence: what is left is what Node and the system forbid. */
  async function unfenced(expression: string): Promise<unknown> {
    const program = `Promise.resolve().then(async () => (${expression})).then(
      (value) => process.send(value ?? null), (error) => process.send(String(error.code ?? error.message)))`
    const body = await startProcess(program, 64, 'nosy')
    const answer = await new Promise((resolve, reject) => {
      body.port.listen(resolve)
      body.onEnd(({ message }) => reject(new Error(message)))
    })
    await body.end()
    return answer
  }

  it('forbids files, processes, threads and native code', async () => {
    for (const expression of [
      "require('fs').readFileSync('/etc/passwd', 'utf8')",
      "require('fs').writeFileSync('/tmp/cambium-wall', '')",
      "require('child_process').execSync('id').toString()",
      "new (require('worker_threads').Worker)('1', { eval: true })",
    ]) {
      assert.equal(await unfenced(expression), 'ERR_ACCESS_DENIED', expression)
    }
  })

  it('keeps the environment and the user of the platform out', async () => {
    process.env.CAMBIUM_SECRET_OF_TEST = 'x'
    const [names, user] = (await unfenced('[Object.keys(process.env), process.getuid()]')) as [
      string[],
      number,
    ]
    delete process.env.CAMBIUM_SECRET_OF_TEST
    assert.deepEqual(
      names.filter((name) => !/^(PATH|LANG|NODE_ENV|NODE_CHANNEL_\w+)$/.test(name)),
      [],
    )
    if (process.getuid?.() === 0) assert.ok(user >= 61_184)
  })

  it('has no way to the network where the system can take it away, and says so where it cannot', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    try {
      const answer = await unfenced(
        `new Promise((resolve, reject) => require('net').connect(${port}, '127.0.0.1').on('connect', () => resolve('connected')).on('error', reject))`,
      )
      const { hasNoNetwork } = await wallFor('nosy')
      assert.match(String(answer), hasNoNetwork ? /ENETUNREACH|ECONNREFUSED/ : /connected/)
    } finally {
      server.close()
    }
  })
})
