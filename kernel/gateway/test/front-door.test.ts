import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { Object as Shape, String as Text, Tuple } from 'typebox'
import { implement } from '../../broker/index.ts'
import { decimal, route } from '../../contract/index.ts'
import { createListener } from '../listener.ts'
import { openTestDoor, type TestDoor } from './test-door.ts'

const inlineScript = '{"imports":{"vue":"/admin/_nuxt/vue.js"}}'
const indexPage = `<!doctype html><script type="importmap">${inlineScript}</script><script src="/x.js"></script>`

const place = route({
  action: 'elm.leaves.place',
  rest: 'POST /elm/:leafId/place',
  summary: 'Place a leaf',
  permission: 'elm.leaves.write',
  params: Shape({ leafId: Text(), price: decimal }, { additionalProperties: false }),
  result: Shape({ levels: Tuple([decimal, decimal]) }),
  errors: [],
  idempotency: 'required',
})

describe('front door', () => {
  let door: TestDoor
  let portal: Server
  let seen: IncomingMessage[]

  before(async () => {
    seen = []
    portal = createServer((request, response) => {
      seen.push(request)
      response.setHeaders(new Headers({ 'x-portal': 'yes', 'content-type': 'text/html' }))
      response.end(`portal ${request.url}`.repeat(request.url === '/long' ? 500 : 1))
    }).listen(0)
    await once(portal, 'listening')
    const { port } = portal.address() as AddressInfo
    door = await openTestDoor({ portalOrigin: `http://127.0.0.1:${port}` })
    door.serve('elm', [implement(place, () => Promise.resolve({ levels: ['1', '2'] as [string, string] }))])
    await mkdir(path.join(door.directory, 'admin/_nuxt'), { recursive: true })
    await mkdir(path.join(door.directory, 'plugin-assets/spot/abc'), { recursive: true })
    const script = Buffer.from('export const answer = 42\n'.repeat(40))
    await writeFile(path.join(door.directory, 'admin/index.html'), indexPage)
    await writeFile(path.join(door.directory, 'admin/_nuxt/entry.js'), script)
    const asset = path.join(door.directory, 'plugin-assets/spot/abc/page.js')
    await writeFile(asset, script)
    await writeFile(`${asset}.br`, brotliCompressSync(script))
    await writeFile(`${asset}.gz`, gzipSync(script))
    await writeFile(path.join(door.directory, 'secret.txt'), 'secret')
  })

  after(async () => {
    await door.stop()
    portal.closeAllConnections()
    portal.close()
  })

  /** Without fetch, which would decompress, and would tidy the path. */
  async function raw(urlPath: string, headers: Record<string, string> = {}) {
    const sent = httpRequest({ port: door.gateway.port, path: urlPath, headers, agent: false }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
  }

  it('hands everything that is not its own to the portal, with who asked', async () => {
    const { body, headers } = await raw('/trade/BTC-USDT?x=1', { host: 'exchange.example' })
    assert.equal(body.toString(), 'portal /trade/BTC-USDT?x=1')
    assert.equal(headers['x-portal'], 'yes')
    assert.equal(seen.at(-1)?.headers['x-forwarded-host'], 'exchange.example')
    assert.equal(seen.at(-1)?.headers['x-forwarded-proto'], 'http')
    assert.match(String(seen.at(-1)?.headers['x-forwarded-for']), /^127\.0\.0\.1$/)
  })

  it('compresses pages for strangers, and none that holds the secrets of a session', async () => {
    const encodingFor = async (cookie: string) => {
      const answer = await fetch(`${door.origin}/long`, { headers: { cookie, 'accept-encoding': 'br' } })
      assert.equal(await answer.text(), 'portal /long'.repeat(500))
      return answer.headers.get('content-encoding')
    }
    assert.equal(await encodingFor('cambium-theme=dark'), 'br')
    assert.equal(await encodingFor(`cambium_session=${'a'.repeat(43)}`), null)
  })

  it('says that the portal is starting while nobody answers there', async () => {
    const other = await openTestDoor({ portalOrigin: 'http://127.0.0.1:9' })
    try {
      const page = await fetch(other.origin, { headers: { accept: 'text/html' } })
      assert.equal(page.status, 503)
      assert.match(await page.text(), /looks again by itself/)
      const problem = await fetch(`${other.origin}/data.json`)
      assert.equal(((await problem.json()) as { type: string }).type, '/problems/gateway.portal_unavailable')
    } finally {
      await other.stop()
    }
  })

  it('sends the smaller file to those who take it', async () => {
    const url = '/_plugins/spot/abc/page.js'
    const plain = await raw(url)
    const brotli = await raw(url, { 'accept-encoding': 'gzip, br' })
    const gzip = await raw(url, { 'accept-encoding': 'gzip, br;q=0' })
    assert.deepEqual(
      [plain, brotli, gzip].map(({ headers }) => headers['content-encoding']),
      [undefined, 'br', 'gzip'],
    )
    assert.ok(brotli.body.length < plain.body.length)
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(plain.headers['content-type'], 'text/javascript; charset=utf-8')
    const known = await raw(url, { 'if-none-match': String(plain.headers.etag) })
    assert.deepEqual([known.status, known.body.length], [304, 0])
  })

  it('gives nothing away from outside its folders', async () => {
    for (const trick of [
      '/_plugins/../secret.txt',
      '/_plugins/%2e%2e/secret.txt',
      '/_plugins/..%2fsecret.txt',
    ]) {
      const { status, body } = await raw(trick)
      assert.equal(status, 404, trick)
      assert.doesNotMatch(body.toString(), /^secret/)
    }
    assert.equal((await raw('/_plugins/spot')).status, 404)
    assert.equal((await raw('/_plugins/%E0%A4%A')).status, 404)
    assert.doesNotMatch((await raw('/admin/..%2fsecret.txt')).body.toString(), /^secret/)
  })

  it('answers every address of the admin with its page, whose scripts are allowed by hash', async () => {
    const hash = createHash('sha256').update(inlineScript).digest('base64')
    for (const address of ['/admin', '/admin/', '/admin/users/7']) {
      const { status, headers, body } = await raw(address)
      assert.equal(status, 200)
      assert.equal(body.toString(), indexPage)
      assert.ok(String(headers['content-security-policy']).includes(`script-src 'self' 'sha256-${hash}'`))
    }
    assert.match(String((await raw('/admin/_nuxt/entry.js')).headers['cache-control']), /immutable/)
    assert.equal((await raw('/admin/_nuxt/gone.js')).status, 404)
  })

  it('documents every route as it is now', async () => {
    const document = async () =>
      (await (await fetch(`${door.origin}/api/openapi.json`)).json()) as {
        openapi: string
        paths: Record<
          string,
          Record<string, { [member: string]: unknown; responses: Record<string, unknown> }>
        >
      }
    const before = await document()
    assert.equal(before.openapi, '3.1.0')
    const operation = before.paths['/api/elm/{leafId}/place']?.post
    assert.equal(operation?.operationId, 'elm.leaves.place')
    assert.equal(operation?.['x-permission'], 'elm.leaves.write')
    assert.deepEqual(
      (operation?.parameters as { name: string; in: string }[]).map((parameter) => [
        parameter.name,
        parameter.in,
      ]),
      [
        ['leafId', 'path'],
        ['Idempotency-Key', 'header'],
      ],
    )
    assert.deepEqual(Object.keys(operation?.responses ?? {}), [
      '200',
      '400',
      '401',
      '403',
      '409',
      '429',
      '500',
    ])
    const result = JSON.stringify(operation?.responses['200'])
    assert.match(result, /"prefixItems":\[/)
    assert.match(result, /"example":\{"levels":\["0\.015","0\.015"\]\}/)
    door.gateway.removeRoutes('elm')
    assert.equal((await document()).paths['/api/elm/{leafId}/place'], undefined)
  })

  it('has a page for the API and for each problem, which load nothing from elsewhere', async () => {
    const docs = await fetch(`${door.origin}/api/docs`)
    const html = await docs.text()
    assert.match(html, /id="identity\.sessions\.login"/)
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//)
    assert.doesNotMatch(html, /<script>|style=/)
    assert.match(String(docs.headers.get('content-security-policy')), /default-src 'none'.*script-src 'self'/)
    for (const file of ['kernel.css', 'docs.js']) {
      assert.equal((await fetch(`${door.origin}/api/docs/${file}`)).status, 200)
    }
    const problem = await fetch(`${door.origin}/problems/identity.email_already_used`)
    assert.match(await problem.text(), /There is an account with this e-mail address already/)
    assert.equal((await fetch(`${door.origin}/problems/no.such_thing`)).status, 404)
    assert.match(await (await fetch(`${door.origin}/problems/`)).text(), /identity\.email_already_used/)
  })

  it('lets requests end before it closes', async () => {
    const entered = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const other = await openTestDoor()
    const slow = route({ ...place, permission: 'public', idempotency: undefined as never, params: Shape({}) })
    other.serve('elm', [
      implement(slow, async () => {
        entered.resolve()
        await release.promise
        return { levels: ['1', '2'] as [string, string] }
      }),
    ])
    const answer = fetch(`${other.origin}/api/elm/1/place`, { method: 'POST' })
    await entered.promise
    const stopped = other.gateway.stop(5_000)
    await assert.rejects(fetch(`${other.origin}/api/identity/session`))
    release.resolve()
    assert.equal((await answer).status, 200)
    await stopped
    await other.stop()
  })

  it('says in a sentence that its port is taken', async () => {
    const second = createListener({ port: door.gateway.port }, () => Promise.resolve())
    await assert.rejects(second.listen(), /^ListenError: Port \d+ is taken: stop what uses it/)
  })
})
