import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { silentLogger, type Principal } from '../../broker/index.ts'
import { refusals, type Problem } from '../../contract/index.ts'
import { anonymousVisitor, type Visitor } from '../../identity/index.ts'
import { createRealtime, type Realtime } from '../index.ts'

const words = refusals('grove', { path_not_found: { status: 404, message: 'There is no such path.' } })

interface Message {
  readonly channel: string
  readonly data: unknown
  readonly more?: readonly unknown[]
  readonly closed?: true
}

interface Answer {
  readonly ok: boolean
  readonly snapshot?: unknown
  readonly problem?: Problem
}

interface Client {
  readonly socket: Socket
  readonly messages: Message[]
  subscribe(channel: string): Promise<Answer>
  /** The next message that is not taken yet. */
  next(): Promise<Message>
}

describe('realtime', () => {
  let server: Server
  let realtime: Realtime
  let clients: Client[]
  /** By the cookie the test connects with. */
  let visitors: Map<string, Visitor>

  beforeEach(async () => {
    visitors = new Map()
    clients = []
    realtime = createRealtime({
      authenticate: (cookie) => Promise.resolve(visitors.get(cookie ?? '') ?? anonymousVisitor),
      log: silentLogger,
    })
    server = createServer((_, response) => response.writeHead(404).end())
    realtime.attach(server)
    server.listen(0)
    await once(server, 'listening')
  })

  afterEach(async () => {
    for (const { socket } of clients) socket.close()
    await realtime.stop()
    server.closeAllConnections()
    server.close()
  })

  function signIn(userId: string, permissions: readonly string[] = []): void {
    const principal: Principal = { kind: 'user', userId, permissions: new Set(permissions) }
    visitors.set(userId, { principal, sessionId: userId, csrfToken: 'token', confirmedAtMs: 0 })
  }

  async function connect(cookie = ''): Promise<Client> {
    const { port } = server.address() as AddressInfo
    const socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      extraHeaders: cookie ? { cookie } : {},
      forceNew: true,
      reconnection: false,
    })
    const messages: Message[] = []
    const waiting: ((message: Message) => void)[] = []
    socket.on('message', (message: Message) => {
      const take = waiting.shift()
      if (take) take(message)
      else messages.push(message)
    })
    const client: Client = {
      socket,
      messages,
      subscribe: async (channel) => (await socket.emitWithAck('subscribe', { channel })) as Answer,
      next: () => {
        const message = messages.shift()
        return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve))
      },
    }
    clients.push(client)
    await once(socket as never, 'connect')
    return client
  }

  const provideBook = (): void =>
    realtime.provide('grove', { name: 'grove.book', access: 'public' }, ({ key }) => {
      if (key === 'nowhere') throw words.path_not_found({ key })
      return Promise.resolve({ key, seq: 1 })
    })

  it('answers a subscription with a snapshot and sends what follows to that key only', async () => {
    provideBook()
    const client = await connect()
    assert.deepEqual(await client.subscribe('grove.book:A'), { ok: true, snapshot: { key: 'A', seq: 1 } })
    realtime.publish('grove.book', 'B', { seq: 2 })
    realtime.publish('grove.book', 'A', { seq: 3 })
    assert.deepEqual(await client.next(), { channel: 'grove.book:A', data: { seq: 3 } })
  })

  it('loses nothing that is published while the snapshot is made', async () => {
    const asked = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    realtime.provide('grove', { name: 'grove.book', access: 'public' }, async () => {
      asked.resolve()
      await release.promise
      return { seq: 1 }
    })
    const client = await connect()
    const answer = client.subscribe('grove.book:A')
    await asked.promise
    realtime.publish('grove.book', 'A', { seq: 2 })
    assert.deepEqual((await client.next()).data, { seq: 2 })
    release.resolve()
    assert.deepEqual((await answer).snapshot, { seq: 1 })
  })

  it('puts what is published in one turn into one packet, in order', async () => {
    provideBook()
    const client = await connect()
    await client.subscribe('grove.book:A')
    for (const seq of [2, 3, 4]) realtime.publish('grove.book', 'A', { seq })
    assert.deepEqual(await client.next(), {
      channel: 'grove.book:A',
      data: { seq: 2 },
      more: [{ seq: 3 }, { seq: 4 }],
    })
    assert.deepEqual(client.messages, [])
  })

  it('refuses channels nobody provides, malformed names and what the source refuses', async () => {
    provideBook()
    const client = await connect()
    const codeOf = async (channel: unknown): Promise<string | undefined> =>
      ((await client.socket.emitWithAck('subscribe', { channel })) as Answer).problem?.type
    assert.equal(await codeOf('grove.other:A'), '/problems/realtime.channel_not_found')
    assert.equal(await codeOf('grove.book'), '/problems/realtime.request_malformed')
    assert.equal(await codeOf(42), '/problems/realtime.request_malformed')
    assert.equal(await codeOf('grove.book:nowhere'), '/problems/grove.path_not_found')
    realtime.publish('grove.book', 'nowhere', {})
    await client.subscribe('grove.book:A')
    realtime.publish('grove.book', 'A', { seq: 9 })
    assert.deepEqual((await client.next()).data, { seq: 9 })
  })

  it('shows every user the own channel only', async () => {
    realtime.provide('grove', { name: 'grove.orders', access: 'user' }, ({ key }) =>
      Promise.resolve({ of: key }),
    )
    signIn('1')
    signIn('2')
    const [one, two, stranger] = [await connect('1'), await connect('2'), await connect()]
    assert.deepEqual((await one.subscribe('grove.orders:me')).snapshot, { of: '1' })
    assert.deepEqual((await two.subscribe('grove.orders:me')).snapshot, { of: '2' })
    assert.equal(
      (await two.subscribe('grove.orders:1')).problem?.type,
      '/problems/realtime.channel_not_found',
    )
    assert.equal(
      (await stranger.subscribe('grove.orders:me')).problem?.type,
      '/problems/platform.sign_in_required',
    )
    realtime.publish('grove.orders', '1', 'for one')
    realtime.publish('grove.orders', '2', 'for two')
    assert.deepEqual(await one.next(), { channel: 'grove.orders:me', data: 'for one' })
    assert.deepEqual(await two.next(), { channel: 'grove.orders:me', data: 'for two' })
  })

  it('ends subscriptions whose permission is gone, and connections whose session is', async () => {
    const manage = 'grove.paths.manage' as const
    realtime.provide('grove', { name: 'grove.work', access: manage }, () => Promise.resolve({}))
    provideBook()
    signIn('1', [manage])
    const client = await connect('1')
    assert.equal((await client.subscribe('grove.work:all')).ok, true)
    assert.equal((await client.subscribe('grove.book:A')).ok, true)

    signIn('1')
    await realtime.refresh('1')
    assert.deepEqual(await client.next(), { channel: 'grove.work:all', data: null, closed: true })
    realtime.publish('grove.book', 'A', { seq: 2 })
    assert.deepEqual((await client.next()).channel, 'grove.book:A')

    visitors.clear()
    const ended = once(client.socket as never, 'disconnect')
    await realtime.refresh(null)
    await ended
  })

  it('tells subscribers when an owner goes, and keeps them when it only brings new code', async () => {
    provideBook()
    const client = await connect()
    await client.subscribe('grove.book:A')
    provideBook()
    realtime.publish('grove.book', 'A', { seq: 2 })
    assert.deepEqual((await client.next()).data, { seq: 2 })
    realtime.removeOwner('grove')
    assert.deepEqual(await client.next(), { channel: 'grove.book:A', data: null, closed: true })
    assert.equal(
      (await client.subscribe('grove.book:A')).problem?.type,
      '/problems/realtime.channel_not_found',
    )
    provideBook()
    assert.equal((await client.subscribe('grove.book:A')).ok, true)
  })

  it('keeps two owners from providing one channel', () => {
    provideBook()
    assert.throws(
      () => realtime.provide('meadow', { name: 'grove.book', access: 'public' }, () => Promise.resolve(null)),
      /channel of grove/,
    )
  })

  it('drops a client that does not read to a new snapshot, and holds nothing back from the others', async () => {
    provideBook()
    const [slow, quick] = [await connect(), await connect()]
    await slow.subscribe('grove.book:A')
    await quick.subscribe('grove.book:A')
    const { _socket: raw } = (
      slow.socket.io.engine.transport as unknown as { ws: { _socket: NodeJS.ReadableStream } }
    ).ws
    raw.pause()
    const filler = 'x'.repeat(200_000)
    for (let seq = 2; seq < 80; seq++) {
      realtime.publish('grove.book', 'A', { seq, filler })
      assert.equal(((await quick.next()).data as { seq: number }).seq, seq)
    }
    raw.resume()
    let last = await slow.next()
    let received = 1
    while (last.closed !== true) {
      last = await slow.next()
      received += 1
    }
    assert.ok(received < 78, `all ${received} messages were kept for a client that did not read`)
    assert.equal((await slow.subscribe('grove.book:A')).ok, true)
  })

  it('refuses a page of another origin', async () => {
    const { port } = server.address() as AddressInfo
    const socket = io(`http://127.0.0.1:${port}`, {
      transports: ['websocket'],
      extraHeaders: { origin: 'https://evil.example' },
      forceNew: true,
      reconnection: false,
    })
    const [error] = (await once(socket as never, 'connect_error')) as [Error]
    assert.match(error.message, /websocket error/)
    socket.close()
  })
})
