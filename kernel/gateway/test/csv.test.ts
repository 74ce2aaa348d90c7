import assert from 'node:assert/strict'
import { Array, Object, Optional, String as Text } from 'typebox'
import { implement } from '../../broker/index.ts'
import { page, pageOf, route } from '../../contract/index.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const strict = { additionalProperties: false }
const Leaf = Object({
  id: Text(),
  size: Object({ width: Text() }),
  colors: Array(Text()),
  veins: Array(Object({ side: Text() })),
})
const listLeaves = route({
  action: 'oak.leaves.list',
  rest: 'GET /oak/leaves',
  summary: 'Leaves of the oak',
  permission: 'public',
  params: Object({ color: Optional(Text()), ...page }, strict),
  result: pageOf(Leaf),
  csvRows: 'veins',
  errors: [],
})
const listSecrets = route({
  action: 'oak.secrets.list',
  rest: 'GET /oak/secrets',
  summary: 'What the oak keeps',
  permission: 'signedIn',
  params: Object({ ...page }, strict),
  result: pageOf(Object({ id: Text() })),
  errors: [],
})
const leaf = (id: string, veins: readonly string[]) => ({
  id,
  size: { width: '-1.5' },
  colors: ['green', 'red'],
  veins: veins.map((side) => ({ side })),
})

describe('a list as a file', () => {
  let door: TestDoor
  let asked: Record<string, unknown>[]

  before(async () => {
    door = await openTestDoor()
    const pages = [[leaf('=1+1', ['left', 'right'])], [leaf('a, "b"', [])], [leaf('last', ['left'])]]
    const read = implement(listLeaves, async ({ params }) => {
      asked.push(params)
      const at = Number(params.cursor ?? '0')
      if (params.color === 'black' && at === 1) throw new Error('lightning')
      return { items: pages[at] ?? [], ...(at < 2 ? { nextCursor: String(at + 1) } : {}) }
    })
    door.serve('oak', [read, implement(listSecrets, async () => ({ items: [] }))])
  })
  beforeEach(() => (asked = []))
  after(() => door.stop())

  it('has every page, a line for each member, and no cell a spreadsheet would run', async () => {
    const response = await fetch(`${door.origin}/api/oak/leaves?color=green&format=csv`)
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="oak-leaves.csv"')
    assert.deepEqual((await response.text()).split('\r\n'), [
      'id,size.width,colors,veins.side',
      "'=1+1,-1.5,green red,left",
      "'=1+1,-1.5,green red,right",
      '"a, ""b""",-1.5,green red,',
      'last,-1.5,green red,left',
      '',
    ])
    assert.deepEqual(asked[0], { color: 'green', limit: 500 })
    assert.deepEqual(asked[2], { color: 'green', limit: 500, cursor: '2' })
  })

  it('breaks off where a later page fails, so that half of it never passes for the whole', async () => {
    const reading = fetch(`${door.origin}/api/oak/leaves?color=black&format=csv`)
    await assert.rejects(reading.then((response) => response.text()))
  })

  it('is refused to who may not read the list, as a problem', async () => {
    const response = await fetch(`${door.origin}/api/oak/secrets?format=csv`)
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  })

  it('is not what any other format gets', async () => {
    assert.equal((await fetch(`${door.origin}/api/oak/leaves?format=xml`)).status, 400)
  })
})
