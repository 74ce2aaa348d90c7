import assert from 'node:assert/strict'
import { pluralForm, pluralForms } from '../plural-form.ts'

describe('plural forms', () => {
  it('are those the language has', () => {
    assert.deepEqual(pluralForms('de'), ['one', 'other'])
    assert.deepEqual(pluralForms('es'), ['one', 'other'])
    assert.deepEqual(pluralForms('zh-CN'), ['other'])
    assert.deepEqual(pluralForms('ar'), ['zero', 'one', 'two', 'few', 'many', 'other'])
  })

  it('are chosen by the number', () => {
    const chosen = [0, 1, 2, 3, 11, 100].map((count) => pluralForm('ar', count, 6))
    assert.deepEqual(chosen, [0, 1, 2, 3, 4, 5])
    assert.deepEqual(
      [pluralForm('de', 1, 2), pluralForm('de', 0, 2), pluralForm('es', 1_000_000, 2)],
      [0, 1, 1],
    )
  })

  it('end with the last one where a text has fewer than the language', () => {
    assert.deepEqual([pluralForm('ar', 3, 1), pluralForm('ar', 100, 2)], [0, 1])
  })
})
