import assert from 'node:assert/strict'
import fc from 'fast-check'
import { shownColumns } from '../app/composables/list-columns.ts'
import { nextSorting, sortedRows } from '../app/composables/list-sorting.ts'
import type { ListColumn } from '../app/ui/parts.ts'

interface Row {
  readonly name: string
  readonly size: number | null
  readonly price: string
}

const columns: readonly ListColumn<Row>[] = [
  { id: 'name', label: 'Name', value: ({ name }) => name, isSortable: true },
  { id: 'size', label: 'Size', value: ({ size }) => size, isSortable: true, from: 'lg' },
  {
    id: 'price',
    label: 'Price',
    value: ({ price }) => price,
    compare: (left, right) => left.price.length - right.price.length,
    isSortable: true,
  },
  { id: 'fixed', label: 'Fixed', value: () => null },
]
const rows: readonly Row[] = [
  { name: 'b', size: 10, price: '10' },
  { name: 'a', size: 9, price: '9' },
  { name: 'c', size: null, price: '100' },
]
const names = (sorted: readonly Row[]): string => sorted.map(({ name }) => name).join('')

describe('list', () => {
  it('sorts by a column up, then down, then as it came', () => {
    assert.equal(nextSorting(undefined, 'name'), 'name')
    assert.equal(nextSorting('name', 'name'), '-name')
    assert.equal(nextSorting('-name', 'name'), undefined)
    assert.equal(nextSorting('-name', 'size'), 'size')
  })

  it('compares numbers as numbers, and by the column’s own comparison where it has one', () => {
    assert.equal(names(sortedRows(rows, columns, 'size')), 'abc')
    assert.equal(names(sortedRows(rows, columns, '-price')), 'cba')
    assert.equal(names(sortedRows(rows, columns, '-name')), 'cba')
  })

  it('keeps its order for a column that is unknown or cannot be sorted by', () => {
    for (const sorting of [undefined, '', 'nothing', '-fixed']) {
      assert.equal(names(sortedRows(rows, columns, sorting)), 'bac')
    }
  })

  it('loses no row and moves none without a difference', () => {
    const row = fc.record({ name: fc.constantFrom('a', 'b'), size: fc.integer(), price: fc.string() })
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('name', '-name'), (list, sorting) => {
        const sorted = sortedRows(list, columns, sorting)
        for (const name of ['a', 'b']) {
          assert.deepEqual(
            sorted.filter((one) => one.name === name),
            list.filter((one) => one.name === name),
          )
        }
        assert.equal(sorted.length, list.length)
      }),
    )
  })

  it('shows the columns that fit unless the reader chose, and the first always', () => {
    const ids = (choice: Record<string, boolean>, isWide: boolean): string[] =>
      shownColumns(columns, choice, () => isWide).map(({ id }) => id)
    assert.deepEqual(ids({}, false), ['name', 'price', 'fixed'])
    assert.deepEqual(ids({}, true), ['name', 'size', 'price', 'fixed'])
    assert.deepEqual(ids({ size: true, price: false }, false), ['name', 'size', 'fixed'])
    assert.deepEqual(ids({ name: false }, true), ['name', 'size', 'price', 'fixed'])
  })
})
