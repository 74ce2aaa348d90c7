import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { PluginManifest } from '../manifest.ts'
import { assertOutbound, grantedFetch } from '../outbound.ts'

function manifest(...outboundHosts: string[]): PluginManifest {
  return { id: 'fetcher', grants: { outboundHosts } } as unknown as PluginManifest
}

describe('fetch of a plugin', () => {
  let server: Server
  let host: string
  const seen: (string | undefined)[] = []

  before(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/away') response.writeHead(302, { location: 'http://localhost:1/secret' }).end()
      else if (request.url === '/round') response.writeHead(302, { location: '/here' }).end()
      else response.end(request.method)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  const asPlugin = (...hosts: string[]) => grantedFetch(manifest(...hosts), new AbortController().signal)

  it('reaches a host it was granted, and follows where that sends it on its own ground', async () => {
    const response = await asPlugin(host)(`http://${host}/round`, {
      method: 'POST',
      body: 'x',
      headers: { authorization: 'key' },
    })
    assert.equal(await response.text(), 'GET')
    assert.deepEqual(seen.splice(0), ['key', 'key'])
  })

  it('is refused by name at any other host, also when it is sent there', async () => {
    await assert.rejects(asPlugin('api.example.com')(`http://${host}/`), {
      type: 'plugins.grant_missing',
      data: { pluginId: 'fetcher', grant: `outboundHosts: ${host}` },
    })
    await assert.rejects(asPlugin(host)(`http://${host}/away`), {
      data: { pluginId: 'fetcher', grant: 'outboundHosts: localhost:1' },
    })
  })

  it('takes a star for one label, a port as written, and no other scheme', () => {
    const allowed = manifest('*.example.com', 'other.test:8443')
    assertOutbound(allowed, new URL('https://api.example.com/x'))
    assertOutbound(allowed, new URL('https://other.test:8443/'))
    for (const address of [
      'https://example.com/',
      'https://a.b.example.com/',
      'https://evilexample.com/',
      'https://api.example.com:81/',
      'https://other.test/',
      'file:///etc/passwd',
    ]) {
      assert.throws(
        () => assertOutbound(allowed, new URL(address)),
        { type: 'plugins.grant_missing' },
        address,
      )
    }
  })
})
