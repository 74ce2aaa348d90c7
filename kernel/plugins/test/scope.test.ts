import assert from 'node:assert/strict'
import { silentLogger } from '../../broker/index.ts'
import { Scope } from '../scope.ts'

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('scope of a generation', () => {
  it('gives back what was acquired, last first, and does not stop at one that throws', async () => {
    const scope = new Scope(silentLogger)
    const order: string[] = []
    scope.onDispose(() => void order.push('first'))
    scope.onDispose(() => {
      throw new Error('cannot be given back')
    })
    scope.onDispose(async () => void order.push('last'))
    await scope.dispose(1000)
    assert.deepEqual(order, ['last', 'first'])
    assert.equal(scope.signal.aborted, true)
  })

  it('begins loops only when it is told to', async () => {
    const scope = new Scope(silentLogger)
    const begun = Promise.withResolvers<void>()
    let isBegun = false
    scope.background('loop', async (signal) => {
      isBegun = true
      begun.resolve()
      await untilAborted(signal)
    })
    await Promise.resolve()
    assert.equal(isBegun, false)
    scope.begin()
    await begun.promise
    assert.equal(await scope.endLoops(1000), true)
    await scope.dispose(1000)
  })

  it('says when a loop does not end in time', async () => {
    const scope = new Scope(silentLogger)
    const release = Promise.withResolvers<void>()
    scope.background('stubborn', () => release.promise)
    scope.begin()
    assert.equal(await scope.endLoops(20), false)
    release.resolve()
  })

  it('tries periodic work again after a failure, and never runs it twice at once', async () => {
    const scope = new Scope(silentLogger)
    const third = Promise.withResolvers<void>()
    let runs = 0
    let running = 0
    let runningMax = 0
    scope.every(1, async () => {
      running += 1
      runningMax = Math.max(runningMax, running)
      await Promise.resolve()
      running -= 1
      runs += 1
      if (runs === 3) third.resolve()
      throw new Error('always')
    })
    scope.begin()
    await third.promise
    await scope.dispose(1000)
    assert.equal(runningMax, 1)
  })

  it('begins a background loop again that failed', async () => {
    const scope = new Scope(silentLogger)
    const again = Promise.withResolvers<void>()
    let runs = 0
    scope.background('loop', async (signal) => {
      runs += 1
      if (runs === 1) throw new Error('once')
      again.resolve()
      await untilAborted(signal)
    })
    scope.begin()
    await again.promise
    assert.equal(runs, 2)
    await scope.dispose(1000)
  })
})
