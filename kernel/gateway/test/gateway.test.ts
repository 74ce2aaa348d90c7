import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import { Array, Boolean, Integer, Object, Optional, String as Text } from 'typebox'
import { implement, type Logger } from '../../broker/index.ts'
import { decimal, refusals, route, type Problem } from '../../contract/index.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const words = refusals('oak', {
  bark_too_thick: { status: 422, message: 'The bark is too thick.', retryable: true },
})
const echo = route({
  action: 'oak.rings.echo',
  rest: 'GET /oak/rings/:ringId',
  summary: 'Answers what it was asked',
  permission: 'public',
  params: Object({
    ringId: Text(),
    limit: Optional(Integer({ maximum: 10 })),
    isOld: Optional(Boolean()),
    names: Optional(Array(Text())),
  }),
  result: Object({}, { additionalProperties: true }),
  errors: [words.bark_too_thick.code],
})
const grow = route({
  action: 'oak.rings.grow',
  rest: 'POST /oak/rings/:ringId',
  summary: 'Grows a ring',
  permission: 'public',
  params: Object({ ringId: Text(), width: decimal }, { additionalProperties: false }),
  result: Object({}, { additionalProperties: true }),
  errors: [],
})
const limited = route({
  ...echo,
  action: 'oak.rings.count',
  rest: 'GET /oak/count',
  params: Object({}),
  rateLimit: { points: 3, durationSeconds: 60, per: 'address' },
})

describe('gateway', () => {
  let door: TestDoor
  const errors: string[] = []
  const log: Logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (message, data) => void errors.push(`${message} ${JSON.stringify(data)}`),
  }

  before(async () => {
    door = await openTestDoor({ requestsPerMinute: 20 }, log)
    door.serve('oak', [
      implement(echo, ({ params }) => {
        if (params.ringId === 'thick') throw words.bark_too_thick({ width: '3' })
        if (params.ringId === 'bug') throw new Error('a secret detail')
        return Promise.resolve({ ...params })
      }),
      implement(grow, ({ params }) => Promise.resolve({ ...params })),
      implement(route(limited), () => Promise.resolve({})),
    ])
  })

  after(() => door.stop())

  const get = (path: string, headers: Record<string, string> = {}) => fetch(door.origin + path, { headers })
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(door.origin + path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  const problemOf = async (response: Response): Promise<Problem> => {
    assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    return (await response.json()) as Problem
  }

  it('gives path and query to the handler in the types of the schema', async () => {
    const response = await get('/api/oak/rings/7?limit=3&isOld=true&names=a&names=b')
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { ringId: '7', limit: 3, isOld: true, names: ['a', 'b'] })
    assert.match(String(response.headers.get('x-request-id')), /^[0-9a-f]{32}$/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
  })

  it('takes what the path says over what the body says', async () => {
    const response = await post('/api/oak/rings/7', JSON.stringify({ ringId: '8', width: '0.5' }))
    assert.deepEqual(await response.json(), { ringId: '7', width: '0.5' })
  })

  it('answers a malformed request with a pointer to each fault', async () => {
    const response = await get('/api/oak/rings/7?limit=many')
    assert.equal(response.status, 400)
    const { instance, ...problem } = await problemOf(response)
    assert.deepEqual(problem, {
      type: '/problems/validation',
      title: 'The request does not have the form this route asks for.',
      status: 400,
      errors: [{ pointer: '#/limit', detail: 'must be integer' }],
    })
    assert.equal(instance, `/requests/${response.headers.get('x-request-id')}`)
  })

  it('answers a refusal in full', async () => {
    const response = await get('/api/oak/rings/thick')
    const { instance, ...problem } = await problemOf(response)
    assert.deepEqual(problem, {
      type: '/problems/oak.bark_too_thick',
      title: 'The bark is too thick.',
      status: 422,
      retryable: true,
      width: '3',
    })
    assert.ok(instance)
  })

  it('keeps a bug to itself and logs it under the request it tells', async () => {
    const response = await get('/api/oak/rings/bug')
    assert.equal(response.status, 500)
    const problem = await problemOf(response)
    assert.equal(problem.type, '/problems/platform.bug')
    assert.doesNotMatch(JSON.stringify(problem), /secret/)
    const requestId = String(response.headers.get('x-request-id'))
    assert.equal(problem.instance, `/requests/${requestId}`)
    assert.ok(errors.some((message) => message.includes(requestId)))
  })

  it('tells unknown addresses, methods and bodies apart', async () => {
    const cases = [
      [await get('/api/elm'), 404, 'gateway.route_not_found'],
      [
        await fetch(`${door.origin}/api/oak/rings/7`, { method: 'DELETE' }),
        405,
        'gateway.method_not_allowed',
      ],
      [await post('/api/oak/rings/7', '{'), 400, 'gateway.body_malformed'],
      [await post('/api/oak/rings/7', '[1]'), 400, 'gateway.body_malformed'],
      [
        await post('/api/oak/rings/7', '{}', { 'content-type': 'text/plain' }),
        415,
        'gateway.media_type_unsupported',
      ],
      [
        await post('/api/oak/rings/7', JSON.stringify({ width: 'x'.repeat(300_000) })),
        413,
        'gateway.body_too_large',
      ],
      [await get('/api/oak/rings/%E0%A4%A'), 404, 'gateway.route_not_found'],
    ] as const
    for (const [response, status, code] of cases) {
      assert.equal(response.status, status)
      assert.equal((await problemOf(response)).type, `/problems/${code}`)
    }
    assert.equal(cases[1][0].headers.get('allow'), 'GET, POST')
  })

  it('answers HEAD as GET without the body', async () => {
    const response = await fetch(`${door.origin}/api/oak/rings/7`, { method: 'HEAD' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-length'), '14')
    assert.equal(await response.text(), '')
  })

  it('limits a route by what it declares and everything else by address', async () => {
    const statuses: number[] = []
    for (let request = 0; request < 4; request++) statuses.push((await get('/api/oak/count')).status)
    assert.deepEqual(statuses, [200, 200, 200, 429])
    const stranger = { 'x-forwarded-for': '203.0.113.9' }
    const answers = await Promise.all(range(25).map(() => get('/api/oak/rings/1', stranger)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 20)
    const refused = answers.find(({ status }) => status === 429)
    assert.ok(Number(refused?.headers.get('retry-after')) > 0)
    assert.equal((await get('/api/oak/rings/1', { 'x-forwarded-for': '203.0.113.10' })).status, 200)
  })

  it('refuses what is asked of a disabled plugin, and of what disappears under a request', async () => {
    door.gateway.removeRoutes('oak')
    door.gateway.setDisabled('oak', true)
    const gone = await get('/api/oak/rings/7')
    assert.equal(gone.status, 404)
    assert.equal((await problemOf(gone)).type, '/problems/plugins.plugin_disabled')

    const implementations = [implement(grow, ({ params }) => Promise.resolve({ ...params }))]
    door.serve('oak', implementations)
    door.gateway.setDisabled('oak', false)
    const socket = createConnection({ port: door.gateway.port, host: '127.0.0.1' })
    const body = JSON.stringify({ width: '1' })
    socket.write(
      `POST /api/oak/rings/7 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
    )
    // Any other answer comes after the headers above were read: the request has met its epoch.
    await get('/api/identity/session')
    door.gateway.removeRoutes('oak')
    door.broker.withdraw('oak')
    door.gateway.setDisabled('oak', true)
    socket.write(body)
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'end')
    assert.match(Buffer.concat(chunks).toString(), /404 Not Found[\s\S]*plugins\.plugin_disabled/)
  })

  it('takes new routes at once, while fifty callers lose no request', async () => {
    door.gateway.setDisabled('oak', false)
    const generations = range(20)
    door.serve('oak', [implement(grow, () => Promise.resolve({ generation: -1 }))])
    let isRunning = true
    let answered = 0
    const caller = async (): Promise<void> => {
      while (isRunning) {
        const response = await post('/api/oak/rings/7', '{"width":"1"}')
        assert.equal(response.status, 200, await response.text())
        answered += 1
      }
    }
    const callers = range(50).map(caller)
    for (const generation of generations) {
      const before = answered
      const growing = implement(grow, () => Promise.resolve({ generation }))
      const more =
        generation % 2 === 0 ? [implement(echo, ({ params }) => Promise.resolve({ ...params }))] : []
      door.serve('oak', [growing, ...more])
      const response = await post('/api/oak/rings/7', '{"width":"1"}')
      assert.deepEqual(await response.json(), { generation })
      while (answered < before + 10) await new Promise(setImmediate)
    }
    isRunning = false
    await Promise.all(callers)
  })
})

function range(count: number): number[] {
  return globalThis.Array.from({ length: count }, (_, index) => index)
}
