import assert from 'node:assert/strict'
import { dependencyLayout, nodeWidth } from '../app/composables/dependency-layout.ts'

const need = (from: string, to: string) => ({ from, to, range: '*', isSatisfied: true })

describe('dependency layout', () => {
  it('puts what is needed left of who needs it, by the longest way', () => {
    const { plugins, edges } = dependencyLayout('b', [need('b', 'a'), need('c', 'b'), need('c', 'a')])
    const xOf = (id: string) => plugins.find((plugin) => plugin.id === id)?.x ?? Number.NaN
    assert(xOf('a') + nodeWidth < xOf('b'))
    assert(xOf('b') + nodeWidth < xOf('c'))
    assert.equal(edges.length, 3)
  })

  it('draws a circle without going round for ever', () => {
    const { plugins } = dependencyLayout('a', [need('a', 'b'), need('b', 'a')])
    assert.deepEqual(plugins.map(({ id }) => id).sort(), ['a', 'b'])
  })

  it('never puts two plugins on the same place', () => {
    const { plugins } = dependencyLayout('a', [need('b', 'a'), need('c', 'a'), need('d', 'a')])
    assert.equal(new Set(plugins.map(({ x, y }) => `${x} ${y}`)).size, 4)
  })
})
