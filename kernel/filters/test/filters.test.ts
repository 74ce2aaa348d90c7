import assert from 'node:assert/strict'
import { Integer, Null, Object, String, Union } from 'typebox'
import { silentLogger } from '../../broker/index.ts'
import { filterPoint, refusals, strategyPoint, type FilterPoint } from '../../contract/index.ts'
import { eventually, testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { createFilters, createStrategies, type Filters, type Strategies } from '../index.ts'

const testRefusals = refusals('filterTest', { too_much: { status: 422, message: 'Too much.' } })

function point(name: string, onFailure: FilterPoint['onFailure'] = 'closed') {
  return filterPoint({ name, title: name, context: Object({ n: Integer() }), onFailure, timeoutMs: 30 })
}

describe('filters', () => {
  const asked: string[] = []
  let filters: Filters

  beforeEach(() => {
    asked.length = 0
    filters = createFilters(silentLogger)
  })

  function publish(owner: string, at: FilterPoint, order: number, work: (n: number) => Promise<void>): void {
    const id = `${owner}.check`
    filters.publish(owner, [{ point: at.name, id, order }], {
      [id]: async ({ n }: { n: number }) => {
        asked.push(owner)
        await work(n)
      },
    })
  }

  it('are asked in order until the first refuses, and the refusal is the caller’s answer', async () => {
    const at = point('test.things.make@1')
    publish('late', at, 300, async () => undefined)
    publish('early', at, 100, async () => undefined)
    publish('middle', at, 200, async (n) => {
      if (n > 5) throw testRefusals.too_much({ n })
    })
    await filters.apply(at, { n: 1 })
    assert.deepEqual(asked, ['early', 'middle', 'late'])
    await assert.rejects(filters.apply(at, { n: 9 }), { type: 'filterTest.too_much' })
    assert.deepEqual(asked.slice(3), ['early', 'middle'])
    assert.equal(filters.count('middle', 'middle.check').refused, 1)
  })

  it('refuse when one fails at a closed point, and go on at an open one', async () => {
    const broken = async (): Promise<void> => {
      throw new Error('a bug')
    }
    const closed = point('test.closed@1')
    publish('buggy', closed, 100, broken)
    await assert.rejects(filters.apply(closed, { n: 1 }), { type: 'filters.filter_failed' })
    const open = point('test.open@1', 'open')
    publish('buggy', open, 100, broken)
    await filters.apply(open, { n: 1 })
    assert.equal(filters.count('buggy', 'buggy.check').failed, 2)
  })

  it('count one that is late as failed', async () => {
    const at = point('test.slow@1')
    publish('slow', at, 100, () => new Promise(() => undefined))
    await assert.rejects(filters.apply(at, { n: 1 }), { type: 'filters.filter_failed' })
  })

  it('leave out what is switched off or withdrawn', async () => {
    const at = point('test.switched@1')
    publish('strict', at, 100, async () => {
      throw testRefusals.too_much()
    })
    filters.setDisabled('strict', ['strict.check'])
    await filters.apply(at, { n: 1 })
    filters.setDisabled('strict', [])
    await assert.rejects(filters.apply(at, { n: 1 }), { type: 'filterTest.too_much' })
    filters.withdraw('strict')
    await filters.apply(at, { n: 1 })
  })

  it('are never asked with a context the point does not declare', async () => {
    const at = point('test.shape@1')
    publish('shaped', at, 100, async () => undefined)
    await assert.rejects(filters.apply(at, { n: 'much' }), /does not declare: #\/n must be integer/)
  })
})

describe('strategies', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let strategies: Strategies
  const at = strategyPoint({
    name: 'test.answer@1',
    title: 'An answer',
    request: Object({ n: Integer() }),
    answer: Object({ by: Union([String(), Null()]) }),
    timeoutMs: 50,
  })

  async function node(): Promise<Strategies> {
    const made = createStrategies({ ...place, log: silentLogger })
    for (const owner of ['alpha', 'beta']) {
      const id = `${owner}.answer`
      made.publish(owner, [{ point: at.name, id, title: owner }], { [id]: async () => ({ by: owner }) })
    }
    await made.start()
    return made
  }

  before(async () => {
    place = await testDatabase()
    strategies = await node()
  })
  after(async () => {
    strategies.stop()
    await place.stop()
  })

  it('answer by the first there is until the operator chooses, then by the chosen one on every node', async () => {
    const other = await node()
    assert.deepEqual(await strategies.ask(at, { n: 1 }), { by: 'alpha' })
    await strategies.choose(at.name, 'beta.answer', 'test')
    assert.deepEqual(await strategies.ask(at, { n: 1 }), { by: 'beta' })
    await eventually(
      async () => ((await other.ask(at, { n: 1 })) as { by: string }).by === 'beta',
      'the other node',
    )
    const afterRestart = await node()
    assert.deepEqual(await afterRestart.ask(at, { n: 1 }), { by: 'beta' })
    for (const one of [other, afterRestart]) one.stop()
  })

  it('fall back to who is there while the chosen one is away', async () => {
    strategies.withdraw('beta')
    assert.deepEqual(await strategies.ask(at, { n: 1 }), { by: 'alpha' })
    strategies.withdraw('alpha')
    await assert.rejects(strategies.ask(at, { n: 1 }), { type: 'filters.strategy_missing' })
  })

  it('refuse a provider that is not there, and an answer of another shape', async () => {
    await assert.rejects(strategies.choose(at.name, 'gamma.answer', 'test'), {
      type: 'filters.point_not_found',
    })
    strategies.publish('gamma', [{ point: at.name, id: 'gamma.answer', title: 'Gamma' }], {
      'gamma.answer': async () => ({ by: 7 }),
    })
    await assert.rejects(strategies.choose(at.name, 'delta.answer', 'test'), {
      type: 'filters.provider_not_found',
    })
    await assert.rejects(strategies.ask(at, { n: 1 }), { type: 'filters.strategy_failed' })
  })
})
