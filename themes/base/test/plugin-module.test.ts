import assert from 'node:assert/strict'
import { nestMessages } from '../app/host/plugin-module.ts'

describe('plugin messages', () => {
  it('unfold dotted keys, so that flat and nested files read alike', () => {
    const nested = { pages: { trade: { title: 'Trade', hint: 'Buy' } } }
    assert.deepEqual(nestMessages({ 'pages.trade.title': 'Trade', 'pages.trade.hint': 'Buy' }), nested)
    assert.deepEqual(nestMessages(nested), nested)
  })

  it('merge where a file mixes both forms', () => {
    assert.deepEqual(nestMessages({ pages: { a: 'A' }, 'pages.b': 'B' }), { pages: { a: 'A', b: 'B' } })
    assert.deepEqual(nestMessages({ 'pages.b': 'B', pages: { a: 'A' } }), { pages: { a: 'A', b: 'B' } })
  })

  it('leave what they were given untouched', () => {
    const given = { pages: { a: 'A' }, 'pages.b': 'B' }
    nestMessages(given)
    assert.deepEqual(given, { pages: { a: 'A' }, 'pages.b': 'B' })
  })
})
