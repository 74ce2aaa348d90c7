import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createTransfer } from '../../exchange/routes.ts'
import { createTestKernel, type TestKernel } from '../../testing/index.ts'
import { listTraces, showOverview, showRequest, showSeries } from '../routes.ts'

const TIMEOUT_MS = 120_000
const WITHIN_MS = 8_000

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + WITHIN_MS; ;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error('It did not come in time.')
    await pause(50)
  }
}

describe('observability', function () {
  this.timeout(TIMEOUT_MS)
  let kernel: TestKernel

  before(async () => {
    kernel = await createTestKernel()
  })

  after(() => kernel.stop())

  it('tells balancers that it lives and that every part is ready', async () => {
    assert.equal((await fetch(`${kernel.origin}/health/live`)).status, 200)
    const response = await fetch(`${kernel.origin}/health/ready`)
    const { status, parts } = (await response.json()) as {
      status: string
      parts: { name: string; status: string }[]
    }
    assert.equal(response.status, 200)
    assert.equal(status, 'ready')
    assert.deepEqual(parts.map(({ name }) => name).sort(), [
      'database',
      'engine',
      'kernel',
      'migrations',
      'node',
      'redis',
    ])
  })

  it('answers 503 with the part that is missing, and is ready again when it is back', async () => {
    const readyWith = async (wanted: number) =>
      eventually(async () => {
        const response = await fetch(`${kernel.origin}/health/ready`)
        const body = (await response.json()) as { parts: { name: string; status: string }[] }
        return response.status === wanted ? body : undefined
      })
    await kernel.engine('main').stop()
    const { parts } = await readyWith(503)
    assert.deepEqual(
      parts.filter(({ status }) => status !== 'ok').map(({ name }) => name),
      ['engine'],
    )
    await kernel.engine('main').start()
    await readyWith(200)
  })

  it('gives its figures to this machine, and to nobody who came through a proxy', async () => {
    await fetch(`${kernel.origin}/api/identity/session`)
    const response = await fetch(`${kernel.origin}/metrics`)
    assert.equal(response.status, 200)
    const text = await response.text()
    assert.match(
      text,
      /cambium_http_requests_total\{owner="identity",method="GET",route="\/api\/[^"]+",status="200"\} \d/,
    )
    assert.match(text, /cambium_engine_up\{shard="main"\} 1/)
    assert.match(text, /nodejs_eventloop_lag_p99_seconds/)
    const proxied = await fetch(`${kernel.origin}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    assert.notEqual(proxied.status, 200)
  })

  it('has as many series as there are routes, whatever addresses strangers make up', async () => {
    const series = async (): Promise<number> =>
      (await (await fetch(`${kernel.origin}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('cambium_http_requests_total')).length
    await fetch(`${kernel.origin}/api/nowhere/0`)
    const before = await series()
    for (let number = 1; number < 30; number++) await fetch(`${kernel.origin}/api/nowhere/${number}`)
    assert.equal(await series(), before)
  })

  it('goes on with a caller’s trace, whose id is the request’s everywhere', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
    // Of what is neither slow nor failed only some are kept in a second.
    const { steps } = await eventually(async () => {
      const response = await fetch(`${kernel.origin}/api/users/nobody`, { headers: { traceparent } })
      const problem = (await response.json()) as { instance: string }
      assert.equal(response.headers.get('x-request-id'), traceId)
      assert.equal(problem.instance, `/requests/${traceId}`)
      const found = await kernel.call(showRequest, { requestId: traceId })
      return found.steps.length > 0 ? found : undefined
    })
    assert.equal(steps[0]?.parentId, '00f067aa0ba902b7')
  })

  it('shows the gateway, the action, its statements and the engine of one request', async () => {
    const user = await kernel.createUser({ funding: { USDT: '100' } })
    const { steps } = await eventually(async () => {
      await user.api(createTransfer, { from: 'funding', to: 'spot', assetId: 'USDT', amount: '1' })
      const { items } = await kernel.call(listTraces, { kind: 'recent' })
      const transfer = items.find(({ name, steps }) => name.includes('/transfers') && steps > 3)
      return transfer && kernel.call(showRequest, { requestId: transfer.traceId })
    })
    const names = new Set(steps.map(({ name }) => name))
    for (const name of ['engine deposit', 'engine apply', 'engine journal', 'database insert']) {
      assert.ok(names.has(name), `${name} is not among ${[...names].join(', ')}`)
    }
    const statements = steps.map(({ attributes }) => String(attributes['db.query.text'] ?? ''))
    assert.ok(statements.some((text) => text.includes('?')))
    assert.ok(!statements.some((text) => text.includes(user.id)), 'values are not for others to read')
  })

  it('keeps the figures of the last hour, and tells how the platform does', async () => {
    await kernel.parts.observability.sample()
    await fetch(`${kernel.origin}/api/identity/session`)
    await kernel.parts.observability.sample()
    const { points } = await kernel.call(showSeries, { range: 'hour' })
    const last = points.at(-1)?.values
    assert.ok((last?.['http.rate'] as number) > 0)
    assert.ok((last?.['process.memory'] as number) > 1e6)
    const overview = await kernel.call(showOverview, {})
    assert.ok(overview.routes.some(({ route, calls }) => route.startsWith('/api/') && calls > 0))
    assert.equal(overview.engines[0]?.isUp, true)
  })

  it('shows strangers and users nothing of it', async () => {
    const user = await kernel.createUser()
    for (const as of ['stranger', user] as const) {
      await assert.rejects(kernel.call(showOverview, {}, { as }), /sign in|may not/)
    }
  })
})

/** A collector as it listens for OTLP over HTTP. */
async function collector() {
  const bodies: { resourceSpans: { scopeSpans: { spans: { traceId: string; name: string }[] }[] }[] }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url === '/v1/traces')
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof bodies)[number])
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const spans = () =>
    bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: own }) => own)),
    )
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}`, spans, stop: () => server.close() }
}

describe('traces', function () {
  this.timeout(TIMEOUT_MS)

  it('go to a collector as OTLP when there is one', async () => {
    const { createTracing, traced } = await import('../../tracing/index.ts')
    const receiver = await collector()
    const tracing = createTracing({ otlpEndpoint: receiver.endpoint })
    try {
      const id = await tracing.begin('GET /api/rings', { kind: 'request' }, async ({ requestId }) => {
        await traced('database select', {}, async () => undefined)
        return requestId
      })
      await tracing.flush()
      const spans = await eventually(async () => (receiver.spans().length > 0 ? receiver.spans() : undefined))
      assert.deepEqual(spans.map(({ name }) => name).sort(), ['GET /api/rings', 'database select'])
      assert.ok(spans.every(({ traceId }) => traceId === id))
    } finally {
      await tracing.stop()
      receiver.stop()
    }
  })

  it('note what failed even when it was not recorded', async () => {
    const { createTracing, traced } = await import('../../tracing/index.ts')
    const tracing = createTracing({ ratio: 0 })
    const names: string[] = []
    tracing.onTrace(({ root }) => names.push(root.name))
    await tracing.begin('fine', { kind: 'job' }, () => traced('step', {}, async () => undefined))
    await assert.rejects(tracing.begin('broken', { kind: 'job' }, () => Promise.reject(new Error('no'))))
    assert.deepEqual(names, ['broken'])
    await tracing.stop()
  })
})
