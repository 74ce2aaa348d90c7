import assert from 'node:assert/strict'
import fc from 'fast-check'
import { keysBetween, useCheckedRows } from '../app/composables/list-checked.ts'
import { shownColumns } from '../app/composables/list-columns.ts'
import { rowsAsCsv } from '../app/composables/list-export.ts'
import { activeTab, isChangedFrom, type ListTab } from '../app/composables/list-views.ts'
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

describe('checked rows', () => {
  const keyOf = ({ name }: Row): string => name
  const checkedNames = ({ rows: checked }: { rows: { value: readonly Row[] } }) => names(checked.value)

  it('are those between the last and this one, whichever comes first', () => {
    assert.deepEqual(keysBetween(['a', 'b', 'c', 'd'], 'c', 'a'), ['a', 'b', 'c'])
    assert.deepEqual(keysBetween(['a', 'b'], 'gone', 'b'), ['b'])
  })

  it('are none of those that have left the list', () => {
    let list = rows
    const control = useCheckedRows(() => list, keyOf)
    control.toggleAll()
    assert.equal(checkedNames(control), 'bac')
    control.keep(rows.slice(0, 2))
    assert.equal(checkedNames(control), 'ba')
    list = rows.slice(1)
    const after = useCheckedRows(() => list, keyOf)
    after.toggle({ name: 'b', size: 0, price: '0' })
    assert.equal(checkedNames(after), '')
  })
})

describe('views of a list', () => {
  const own = {
    id: 'v1',
    name: 'Mine',
    query: { q: 'x' },
    columns: { size: false },
    createdAt: '',
    changedAt: '',
  }
  const tabs: readonly ListTab[] = [
    { id: 'all', label: 'All', query: {} },
    { id: 'failed', label: 'Failed', query: { state: 'failed' } },
    { id: 'v1', label: 'Mine', query: own.query, view: own },
  ]

  it('are opened by the address, else by what is asked for, else the first is', () => {
    assert.equal(activeTab(tabs, 'v1', {})?.id, 'v1')
    assert.equal(activeTab(tabs, undefined, { state: 'failed', q: '' })?.id, 'failed')
    assert.equal(activeTab(tabs, 'somebody’s', { q: 'other' })?.id, 'all')
  })

  it('are changed when the list asks for something else, and own ones also with other columns', () => {
    const [all, , mine] = tabs
    assert.ok(all && mine)
    assert.equal(isChangedFrom(all, { query: {}, columns: { size: false } }), false)
    assert.equal(isChangedFrom(mine, { query: { q: 'x' }, columns: { size: false } }), false)
    assert.equal(isChangedFrom(mine, { query: { q: 'x' }, columns: {} }), true)
    assert.equal(isChangedFrom(mine, { query: { q: 'x', sort: 'name' }, columns: { size: false } }), true)
  })
})

describe('rows as a file', () => {
  it('have the columns that have values, under their names, and nothing a spreadsheet would run', () => {
    assert.equal(rowsAsCsv(columns, rows), 'Name,Size,Price\r\nb,10,10\r\na,9,9\r\nc,,100\r\n')
    assert.equal(
      rowsAsCsv(columns.slice(0, 1), [{ name: '=now()', size: 1, price: '1' }]),
      "Name\r\n'=now()\r\n",
    )
  })
})
