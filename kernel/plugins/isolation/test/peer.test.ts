import assert from 'node:assert/strict'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Refusal } from '../../../contract/index.ts'
import { Peer, type PeerOptions } from '../peer.ts'

type Serve = PeerOptions['serve']

function peerOn(port: MessagePort, serve: Serve, errors: unknown[] = []): Peer {
  return new Peer({
    port: {
      post: (message) => port.postMessage(message),
      listen: (onMessage) => port.on('message', onMessage),
    },
    serve,
    onError: (error) => errors.push(error),
  })
}

describe('peers', () => {
  let channel: MessageChannel
  let errors: unknown[]
  const pair = (serve: Serve): Peer => {
    peerOn(channel.port2, serve, errors)
    return peerOn(channel.port1, () => undefined, errors)
  }

  beforeEach(() => {
    channel = new MessageChannel()
    errors = []
  })
  afterEach(() => channel.port1.close())

  it('carry what structured clone carries, and errors with their fields and cause', async () => {
    const peer = pair((_, args) => {
      if (args[0] !== 'fail') return args
      const cause = Object.assign(new RangeError('below'), { errno: 1213 })
      throw Object.assign(new TypeError('above', { cause }), { code: 'E_ABOVE' })
    })
    const value = [1n, new Date(0), new Map([['a', new Set([1])]]), undefined, new Uint8Array([7])]
    assert.deepEqual(await peer.ask('echo', value), value)
    await assert.rejects(peer.ask('echo', ['fail']), (error: Error & { code: string }) => {
      assert.deepEqual([error.name, error.message, error.code], ['TypeError', 'above', 'E_ABOVE'])
      assert.equal((error.cause as { errno: number }).errno, 1213)
      return true
    })
  })

  it('rebuild a refusal as one', async () => {
    const peer = pair(() => {
      throw new Refusal('a.b', { status: 409, message: 'No.', retryable: true }, { n: 1 })
    })
    await assert.rejects(peer.ask('x', []), (error: Refusal) => {
      assert.ok(error instanceof Refusal)
      assert.deepEqual([error.type, error.code, error.data, error.retryable], ['a.b', 409, { n: 1 }, true])
      return true
    })
  })

  it('hand over functions, methods of classes and signals for the time of a call', async () => {
    let kept: ((n: number) => Promise<number>) | undefined
    const peer = pair(async (_, [follower, signal]) => {
      const { apply } = follower as { apply: (n: number) => Promise<number> }
      kept = apply
      const ended = new Promise((resolve) => (signal as AbortSignal).addEventListener('abort', resolve))
      const answer = await apply(3)
      await ended
      return answer
    })
    const stop = new AbortController()
    class Tripler {
      readonly factor = 3
      apply(n: number): number {
        queueMicrotask(() => stop.abort())
        return n * this.factor
      }
    }
    assert.equal(await peer.ask('follow', [new Tripler(), stop.signal]), 9)
    await assert.rejects(async () => kept?.(1), /after its end/)
  })

  it('refuse whoever waits when the other side is gone, and abort what works for it', async () => {
    let aborted = false
    const second = peerOn(channel.port2, (_, [signal]) => {
      ;(signal as AbortSignal).addEventListener('abort', () => (aborted = true))
      second.close(new Error('gone'))
      return new Promise(() => undefined)
    })
    const first = peerOn(channel.port1, () => undefined)
    const waiting = first.ask('wait', [new AbortController().signal])
    while (!aborted) await new Promise((resolve) => setImmediate(resolve))
    first.close(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    await assert.rejects(first.ask('more', []), /gone/)
  })

  it('are not harmed by what nobody would send', async () => {
    const peer = pair((_, args) => args[0])
    const circular: unknown[] = []
    circular.push(circular)
    for (const frame of [
      null,
      7,
      [],
      [9],
      [1, 99],
      [2, 99],
      [2, 99, 'x'],
      [3],
      [3, 'x', null, 'ask'],
      [0, 1],
      [4, 5],
    ]) {
      channel.port2.postMessage(frame)
    }
    channel.port2.postMessage([3, 'x', [{ '@cambium': ['error', null] }], 'ask'])
    channel.port2.postMessage([3, 'x', circular, 'ask'])
    assert.equal(await peer.ask('echo', ['still here']), 'still here')
  })
})
