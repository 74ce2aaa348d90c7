import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { declarations, type MetricDeclaration } from '../index.ts'

const page = readFileSync(new URL('../../../docs/operations/observability.md', import.meta.url), 'utf8')

describe('documentation of metrics', () => {
  it('has a row for every metric, and none for others', () => {
    const documented = [...page.matchAll(/^\| `(cambium_\w+)` +\| (\w+) +\| (.*?) +\|/gm)].map(
      ([, name = '', kind = '', labels = '']) => `${name} ${kind} ${labels.replaceAll('`', '').trim()}`,
    )
    const declared = Object.values(declarations).map(
      (one: MetricDeclaration) => `${one.name} ${one.kind} ${(one.labels ?? []).join(', ')}`,
    )
    assert.deepEqual(documented.map((row) => row.trim()).sort(), declared.map((row) => row.trim()).sort())
  })
})
