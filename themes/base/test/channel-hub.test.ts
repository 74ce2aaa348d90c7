import assert from 'node:assert/strict'
import { createChannelHub, type ChannelHub, type ChannelSocket } from '../app/host/channel-hub.ts'

type Answer = Parameters<Parameters<ChannelSocket['emit']>[2]>[0]

/** A socket driven by hand: nothing answers until the test says so. */
class HandSocket implements ChannelSocket {
  connected = false
  readonly asked: { channel: string; answer: (answer: Answer) => void }[] = []
  readonly left: string[] = []
  readonly #listeners = new Map<string, (...given: never[]) => void>()

  on(event: string, listener: (...given: never[]) => void): void {
    this.#listeners.set(event, listener)
  }
  emit(event: string, request: { channel: string }, answer?: (answer: Answer) => void): void {
    if (event === 'subscribe' && answer) this.asked.push({ channel: request.channel, answer })
    else this.left.push(request.channel)
  }
  connect(): void {
    this.connected = true
    this.#listeners.get('connect')?.()
  }
  disconnect(): void {
    this.connected = false
    this.#listeners.get('disconnect')?.()
  }
  end(reason: string): void {
    this.connected = false
    ;(this.#listeners.get('disconnect') as ((reason: string) => void) | undefined)?.(reason)
  }
  message(channel: string, data: unknown, closed?: true): void {
    const message = { channel, data, ...(closed ? { closed } : {}) }
    ;(this.#listeners.get('message') as ((message: unknown) => void) | undefined)?.(message)
  }
}

interface World {
  readonly socket: HandSocket
  readonly hub: ChannelHub
  readonly later: (() => void)[]
  readonly seen: string[]
  follow(channel: string): ReturnType<ChannelHub['subscribe']>
  settle(): Promise<void>
}

function world(): World {
  const socket = new HandSocket()
  const later: (() => void)[] = []
  const seen: string[] = []
  const hub = createChannelHub(
    () => Promise.resolve(socket),
    (work) => void later.push(work),
  )
  const follow = (channel: string): ReturnType<ChannelHub['subscribe']> =>
    hub.subscribe(channel, {
      onSnapshot: (data) => void seen.push(`snapshot ${String(data)}`),
      onMessage: (data) => void seen.push(`message ${String(data)}`),
    })
  // The socket opens in microtasks.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }
  return { socket, hub, later, seen, follow, settle }
}

const refusal = (status: number): Answer => ({
  ok: false,
  problem: { type: '/problems/x', title: 'No', status },
})

describe('channel hub', () => {
  it('opens no socket before the first subscriber', async () => {
    const { socket, settle } = world()
    await settle()
    assert.equal(socket.connected, false)
  })

  it('tells when the server ended the connection, and comes back by itself after that', async () => {
    const { socket, hub, follow, settle } = world()
    let told = 0
    hub.onEnded(async () => {
      told += 1
      throw new Error('The platform is away.')
    })
    follow('a:me')
    await settle()
    socket.end('transport close')
    assert.deepEqual([told, socket.connected], [0, false])
    socket.connect()
    socket.end('io server disconnect')
    await settle()
    assert.deepEqual([told, socket.connected], [1, true])
  })

  it('gives the snapshot first and what overtook it afterwards', async () => {
    const { socket, follow, seen, settle } = world()
    const { status } = follow('spot.book:BTC-USDT')
    await settle()
    socket.message('spot.book:BTC-USDT', 'early')
    assert.deepEqual([seen, status.value], [[], 'connecting'])
    socket.asked[0]?.answer({ ok: true, snapshot: 'whole' })
    socket.message('spot.book:BTC-USDT', 'next')
    assert.deepEqual(seen, ['snapshot whole', 'message early', 'message next'])
    assert.equal(status.value, 'live')
  })

  it('is stale from a break until a fresh snapshot', async () => {
    const { socket, hub, follow, seen, settle } = world()
    const { status } = follow('a:b')
    await settle()
    socket.asked[0]?.answer({ ok: true, snapshot: 1 })
    socket.disconnect()
    assert.deepEqual([status.value, hub.isConnected.value], ['stale', false])
    socket.connect()
    assert.deepEqual([status.value, hub.isConnected.value], ['stale', true])
    socket.asked[1]?.answer({ ok: true, snapshot: 2 })
    assert.deepEqual([status.value, seen], ['live', ['snapshot 1', 'snapshot 2']])
  })

  it('ignores an answer from before the break', async () => {
    const { socket, follow, seen, settle } = world()
    follow('a:b')
    await settle()
    socket.disconnect()
    socket.connect()
    socket.asked[0]?.answer({ ok: true, snapshot: 'old' })
    socket.asked[1]?.answer({ ok: true, snapshot: 'new' })
    assert.deepEqual(seen, ['snapshot new'])
  })

  it('asks again when the owner of the channel was replaced', async () => {
    const { socket, follow, later, settle } = world()
    const { status } = follow('a:b')
    await settle()
    socket.asked[0]?.answer({ ok: true, snapshot: 1 })
    socket.message('a:b', null, true)
    assert.equal(status.value, 'stale')
    for (const work of later) work()
    assert.equal(socket.asked.length, 2)
  })

  it('does not repeat what the session may not see', async () => {
    const { socket, follow, later, settle } = world()
    follow('a:me')
    await settle()
    socket.asked[0]?.answer(refusal(401))
    assert.equal(later.length, 0)
  })

  it('repeats what failed for another reason', async () => {
    const { socket, follow, later, settle } = world()
    follow('a:b')
    await settle()
    socket.asked[0]?.answer(refusal(404))
    assert.equal(later.length, 1)
  })

  it('leaves a channel with its last subscriber', async () => {
    const { socket, follow, settle } = world()
    const first = follow('a:b')
    const second = follow('a:b')
    await settle()
    first.stop()
    assert.deepEqual(socket.left, [])
    second.stop()
    assert.deepEqual(socket.left, ['a:b'])
  })
})
