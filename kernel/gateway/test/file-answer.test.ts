import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Object, String as Text } from 'typebox'
import { implement } from '../../broker/index.ts'
import { route } from '../../contract/index.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const fetchLog = route({
  action: 'oak.files.read',
  rest: 'GET /oak/files/:name',
  summary: 'A file of the oak',
  permission: 'public',
  params: Object({ name: Text() }, { additionalProperties: false }),
  result: Object({ name: Text(), file: Text() }),
  answer: 'file',
  errors: [],
})

describe('file as an answer', () => {
  let door: TestDoor

  before(async () => {
    door = await openTestDoor()
    const root = path.join(door.directory, 'plugin-exports')
    await mkdir(path.join(root, 'oak'), { recursive: true })
    await writeFile(path.join(root, 'oak', 'rings.tar.gz'), 'rings')
    await writeFile(path.join(door.directory, 'secret'), 'secret')
    door.serve('oak', [
      implement(fetchLog, async ({ params: { name } }) => ({ name: 'rings.tar.gz', file: name })),
    ])
  })
  after(() => door.stop())

  const get = (name: string) => fetch(`${door.origin}/api/oak/files/${encodeURIComponent(name)}`)

  it('is sent as the bytes of the file it names, to be kept by the browser', async () => {
    const response = await get('oak/rings.tar.gz')
    assert.deepEqual([response.status, await response.text()], [200, 'rings'])
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename="rings.tar.gz"')
    assert.equal(response.headers.get('cache-control'), 'no-store')
  })

  it('is not found when it leads out of the folder of such files, or nowhere', async () => {
    for (const name of ['../secret', 'oak/none']) assert.equal((await get(name)).status, 404, name)
  })
})
