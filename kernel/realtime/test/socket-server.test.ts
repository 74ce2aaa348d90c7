import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { silentLogger } from '../../broker/index.ts'
import type { Access } from '../../contract/index.ts'
import { anonymousVisitor, type Visitor } from '../../identity/index.ts'
import { createSocketServer, type SocketEndpoint, type SocketServer } from '../socket-server.ts'
import type { SocketConnection, SocketHandler } from '../sockets.ts'

const SLOW_BYTES = 8 * 1024 * 1024

function endpoint(name: string, permission: Access): SocketEndpoint {
  return { name: `grove.${name}`, path: `/grove/${name}`, permission }
}

const endpoints = [
  endpoint('open', 'public'),
  endpoint('own', 'signedIn'),
  endpoint('kept', 'grove.paths.read'),
]

describe('raw sockets', () => {
  let http: Server
  let sockets: SocketServer
  let visitors: Map<string, Visitor>
  /** Set: whoever comes waits for it before it is known who they are. */
  let knowing: Promise<unknown> | undefined
  let asked: () => void
  let unreachable: Set<string>

  beforeEach(async () => {
    visitors = new Map()
    knowing = undefined
    asked = () => undefined
    unreachable = new Set()
    sockets = createSocketServer({
      authenticate: async (cookie) => {
        asked()
        await knowing
        if (unreachable.has(cookie ?? '')) throw new Error('The sessions cannot be reached.')
        return visitors.get(cookie ?? '') ?? anonymousVisitor
      },
      log: silentLogger,
    })
    http = createServer((_, response) => response.writeHead(404).end())
    sockets.attach(http)
    publish({})
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
  })

  afterEach(() => {
    sockets.stop()
    http.closeAllConnections()
    http.close()
  })

  function publish(handler: Partial<SocketHandler>): void {
    const one: SocketHandler = { open: () => undefined, message: () => undefined, ...handler }
    sockets.publish('grove', endpoints, { 'grove.open': one, 'grove.own': one, 'grove.kept': one })
  }

  function signIn(userId: string, permissions: readonly string[] = []): void {
    const principal = { kind: 'user', userId, permissions: new Set(permissions) } as const
    visitors.set(userId, { principal, sessionId: userId, csrfToken: 'token', confirmedAtMs: 0 })
  }

  function dial(path: string, cookie = ''): WebSocket {
    const { port } = http.address() as AddressInfo
    return new WebSocket(`ws://127.0.0.1:${port}/ws/grove/${path}`, { headers: { cookie } })
  }

  async function opened(path: string, cookie = ''): Promise<WebSocket> {
    const socket = dial(path, cookie)
    await once(socket, 'open')
    return socket
  }

  async function statusOf(path: string, cookie = ''): Promise<number | undefined> {
    const socket = dial(path, cookie)
    socket.on('error', () => undefined)
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }]
    return response.statusCode
  }

  async function closing(socket: WebSocket): Promise<number> {
    const [code] = (await once(socket, 'close')) as [number]
    return code
  }

  it('are open to whom their permission says, and answer everybody else with a status', async () => {
    signIn('ada')
    signIn('bob', ['grove.paths.read'])
    assert.equal(await statusOf('own'), 401)
    assert.equal(await statusOf('kept', 'ada'), 403)
    assert.equal(await statusOf('none'), 404)
    for (const [path, cookie] of [['open'], ['own', 'ada'], ['kept', 'bob']] as const) {
      const socket = await opened(path, cookie)
      assert.equal(socket.readyState, WebSocket.OPEN)
    }
    assert.equal(sockets.count, 3)
  })

  it('close when the session ends, also where strangers may come', async () => {
    signIn('ada')
    signIn('bob')
    const own = await opened('own', 'ada')
    const open = await opened('open', 'ada')
    const other = await opened('own', 'bob')
    visitors.delete('ada')
    const closed = Promise.all([closing(own), closing(open)])
    await sockets.refresh('ada')
    assert.deepEqual(await closed, [1008, 1008])
    assert.equal(other.readyState, WebSocket.OPEN)
  })

  it('close when the permission is taken away', async () => {
    signIn('bob', ['grove.paths.read'])
    const kept = await opened('kept', 'bob')
    signIn('bob')
    const closed = closing(kept)
    await sockets.refresh(null)
    assert.equal(await closed, 1008)
  })

  it('are not opened when their plugin was disabled meanwhile', async () => {
    const { promise: isKnown, resolve: know } = Promise.withResolvers<undefined>()
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<undefined>()
    asked = () => ask(undefined)
    knowing = isKnown
    const late = dial('open')
    late.on('error', () => undefined)
    await isAsked
    sockets.withdraw('grove')
    know(undefined)
    const [, response] = (await once(late, 'unexpected-response')) as [unknown, { statusCode?: number }]
    assert.equal(response.statusCode, 404)
    assert.equal(sockets.count, 0)
  })

  it('look at everybody’s session though one of them cannot be looked at', async () => {
    signIn('unreachable')
    signIn('ada')
    const unknown = await opened('own', 'unreachable')
    const ada = await opened('own', 'ada')
    unreachable.add('unreachable')
    visitors.delete('ada')
    const closed = closing(ada)
    await sockets.refresh(null)
    assert.equal(await closed, 1008)
    assert.equal(unknown.readyState, WebSocket.OPEN)
  })

  it('outlive a client that hangs up before it is known who it is', async () => {
    const { promise: isKnown, resolve: know } = Promise.withResolvers<undefined>()
    knowing = isKnown
    const upgrading = once(http, 'upgrade') as Promise<[unknown, NodeJS.EventEmitter]>
    const { port } = http.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.write(
      [
        'GET /ws/grove/open HTTP/1.1',
        `host: 127.0.0.1:${port}`,
        'connection: Upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    )
    const [, socket] = await upgrading
    // What the system says of a connection that was reset; without a listener it would end the process.
    assert.doesNotThrow(() => socket.emit('error', new Error('read ECONNRESET')))
    client.destroy()
    know(undefined)
    const next = await opened('open')
    assert.equal(next.readyState, WebSocket.OPEN)
  })

  it('cut off a client that does not read, and nobody else', async () => {
    const connections: SocketConnection[] = []
    publish({ open: (connection) => void connections.push(connection) })
    const slow = await opened('open')
    const good = await opened('open')
    slow.pause()
    const [toSlow, toGood] = connections as [SocketConnection, SocketConnection]
    const gone = Promise.withResolvers<undefined>()
    publish({
      open: () => undefined,
      close: (connection) => connection.id === toSlow.id && gone.resolve(undefined),
    })
    const piece = 'x'.repeat(64 * 1024)
    for (let sent = 0; sent < SLOW_BYTES; sent += piece.length) toSlow.send(piece)
    await gone.promise
    assert.equal(sockets.count, 1)
    const heard = once(good, 'message')
    toGood.send('still here')
    assert.equal(String(((await heard) as [Buffer])[0]), '"still here"')
    slow.terminate()
  })

  it('take no more from a client than its code can answer, and lose nothing', async () => {
    let running = 0
    let most = 0
    const all = Promise.withResolvers<undefined>()
    let answered = 0
    publish({
      message: async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        answered += 1
        if (answered === 1_000) all.resolve(undefined)
      },
    })
    const eager = await opened('open')
    for (let n = 0; n < 1_000; n++) eager.send(JSON.stringify({ n }))
    await all.promise
    assert.ok(most <= 64, `${most} at once`)
  })
})
