import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { Integer, Object, Optional, String as Text } from 'typebox'
import { implement } from '../../broker/index.ts'
import { createApi, ProblemError, route } from '../../contract/index.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const BYTES_MAX = 300_000
const weigh = route({
  action: 'oak.logs.weigh',
  rest: 'POST /oak/logs/:logId',
  summary: 'Weighs a log',
  permission: 'public',
  params: Object({ logId: Text(), tare: Optional(Integer()) }, { additionalProperties: false }),
  result: Object({ logId: Text(), weight: Integer() }),
  errors: [],
  body: { mediaType: 'application/gzip', bytesMax: BYTES_MAX },
})
const weighOwn = route({
  ...weigh,
  action: 'oak.logs.weighOwn',
  rest: 'POST /oak/own-logs/:logId',
  permission: 'signedIn',
})

describe('upload', () => {
  let door: TestDoor
  let bytesRead = 0

  before(async () => {
    door = await openTestDoor()
    const handle = implement(weigh, async ({ params: { logId, tare = 0 }, client }) => {
      let weight = -tare
      for await (const chunk of client?.upload?.read() ?? []) {
        weight += chunk.length
        bytesRead += chunk.length
      }
      return { logId, weight }
    })
    door.serve('oak', [handle, { ...handle, route: weighOwn }])
  })
  beforeEach(() => {
    bytesRead = 0
  })
  after(() => door.stop())

  const api = () => createApi({ baseUrl: `${door.origin}/api` })
  const refusedAs = (code: string) => (error: unknown) => error instanceof ProblemError && error.code === code

  it('reaches its handler as it was sent, with its parameters in path and query', async () => {
    const body = new Uint8Array(BYTES_MAX)
    assert.deepEqual(await api()(weigh, { logId: 'big', tare: 7 }, { body }), {
      logId: 'big',
      weight: BYTES_MAX - 7,
    })
  })

  it('is refused when it is announced larger than it may be, or of another type', async () => {
    const tooLarge = api()(weigh, { logId: 'big' }, { body: new Uint8Array(BYTES_MAX + 1) })
    await assert.rejects(tooLarge, refusedAs('gateway.body_too_large'))
    const response = await fetch(`${door.origin}/api/oak/logs/json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(response.status, 415)
    assert.equal(bytesRead, 0)
  })

  it('is refused while it comes when it says nothing of its length and is larger than it may be', async () => {
    const request = httpRequest(`${door.origin}/api/oak/logs/endless`, {
      method: 'POST',
      headers: { 'content-type': 'application/gzip', 'transfer-encoding': 'chunked' },
    })
    // The server hangs up on what it does not want to read.
    request.on('error', () => undefined)
    const status = new Promise((resolve) => request.on('response', ({ statusCode }) => resolve(statusCode)))
    for (let piece = 0; piece < 10; piece++) request.write(Buffer.alloc(60_000))
    assert.equal(await status, 413)
    request.destroy()
    assert.ok(bytesRead <= BYTES_MAX)
  })

  it('is not read when the caller may not send it', async () => {
    const stranger = api()(weighOwn, { logId: 'mine' }, { body: new Uint8Array(1000) })
    await assert.rejects(stranger, refusedAs('platform.sign_in_required'))
    assert.equal(bytesRead, 0)
  })
})
