import assert from 'node:assert/strict'
import {
  changedFields,
  fieldKind,
  fieldProblem,
  type FormSchema,
  formProblems,
  mergeValues,
} from '../app/composables/schema-form.ts'

const schema: FormSchema = {
  type: 'object',
  properties: {
    levels: { type: 'integer', minimum: 1, maximum: 50 },
    apiKey: { type: 'string', format: 'secret' },
    hosts: { type: 'array', items: { type: 'string', pattern: '^[a-z.]+$' }, maxItems: 2 },
    limits: { type: 'object', properties: { daily: { type: 'string', format: 'decimal' } } },
  },
  required: ['levels'],
}

describe('schema form', () => {
  it('chooses a field by what the schema says', () => {
    const kinds = [
      { type: 'boolean' },
      { type: 'string', enum: ['a', 'b'] },
      { type: 'number' },
      { type: 'string' },
      { type: 'string', maxLength: 1000 },
      { type: 'string', format: 'secret' },
      { type: 'array', items: { type: 'string' } },
      { type: 'array', items: { enum: ['x'] } },
      { type: 'object', properties: {} },
      { type: 'array', items: { type: 'object' } },
    ].map(fieldKind)
    assert.deepEqual(kinds, [
      'switch',
      'choice',
      'number',
      'text',
      'lines',
      'secret',
      'list',
      'choices',
      'group',
      'json',
    ])
  })

  it('names what is wrong with each field, also inside a group', () => {
    const values = { levels: 51, hosts: ['a.example', 'B'], limits: { daily: '1,5' } }
    assert.deepEqual(formProblems(schema, values), {
      levels: { key: 'maximum', values: { maximum: 50 } },
      hosts: { key: 'item', values: { item: 'B' } },
      'limits/daily': { key: 'decimal', values: {} },
    })
  })

  it('asks for what is required, but never for a secret that may be set already', () => {
    assert.deepEqual(formProblems(schema, {}), { levels: { key: 'required', values: {} } })
    assert.equal(fieldProblem({ type: 'string', format: 'secret' }, undefined, true), null)
  })

  it('takes nothing but whole numbers for an integer', () => {
    assert.equal(fieldProblem({ type: 'integer' }, 1.5, false)?.key, 'integer')
    assert.equal(fieldProblem({ type: 'integer' }, 'abc', false)?.key, 'number')
    assert.equal(fieldProblem({ type: 'number', multipleOf: 0.1 }, 0.3, false), null)
  })

  it('merges what two people changed and tells where they disagree', () => {
    const base = { fee: 1, title: 'a', isOpen: true }
    const merged = mergeValues(base, { ...base, fee: 2, title: 'b' }, { ...base, fee: 3, isOpen: false })
    assert.deepEqual(merged, { values: { fee: 2, title: 'b', isOpen: false }, conflicts: ['fee'] })
    assert.deepEqual(changedFields(base, { ...base, title: undefined }), ['title'])
  })
})
