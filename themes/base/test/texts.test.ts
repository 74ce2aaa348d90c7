import assert from 'node:assert/strict'
import { createTexts } from '../app/host/texts.ts'
import type { Messages } from '../app/host/plugin-module.ts'

type Nested = Record<string, unknown>

function mergeInto(target: Nested, source: Nested): void {
  for (const [key, value] of Object.entries(source)) {
    if (typeof value !== 'object' || value === null) target[key] = value
    else
      mergeInto((target[key] = typeof target[key] === 'object' ? target[key] : {}) as Nested, value as Nested)
  }
}

function create(shipped: Nested) {
  const messages: Nested = structuredClone(shipped)
  const library = {
    getLocaleMessage: () => messages,
    mergeLocaleMessage: (_: string, more: Messages) => mergeInto(messages, more as Nested),
  }
  return { messages, texts: createTexts(library, 'portal') }
}

describe('texts of a page', () => {
  it('are what an operator says, of the shell it belongs to', () => {
    const { messages, texts } = create({ wallet: { move: 'Move' }, kit: { stale: 'Stale' } })
    texts.override('en', {
      portal: { 'wallet.move': 'Shift' },
      base: { 'kit.stale': 'Old' },
      admin: { 'wallet.move': 'Other' },
    })
    assert.deepEqual(messages, { wallet: { move: 'Shift' }, kit: { stale: 'Old' } })
  })

  it('become again what was shipped, however often they were changed', () => {
    const { messages, texts } = create({ wallet: { move: 'Move' } })
    texts.override('en', { portal: { 'wallet.move': 'Shift' } })
    texts.override('en', { portal: { 'wallet.move': 'Push' } })
    assert.deepEqual(messages, { wallet: { move: 'Push' } })
    texts.override('en', {})
    assert.deepEqual(messages, { wallet: { move: 'Move' } })
  })

  it('stay what an operator says when a plugin brings its own later', () => {
    const { messages, texts } = create({})
    texts.override('en', { spot: { 'pages.trade.title': 'Deal' } })
    texts.ship('en', { spot: { pages: { trade: { title: 'Trade' } } } })
    assert.deepEqual(messages, { spot: { pages: { trade: { title: 'Deal' } } } })
    texts.override('en', {})
    assert.deepEqual(messages, { spot: { pages: { trade: { title: 'Trade' } } } })
  })
})
