import type { PluginManifest } from './manifest.ts'
import { activeTraceparent, traced } from '../tracing/index.ts'
import { pluginsRefusals } from './refusals.ts'

const REDIRECTS_MAX = 5
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** `*.example.com` stands for one label more, and a rule without a port for the scheme's own. */
function matches(rule: string, { hostname, port }: URL): boolean {
  const [, name = rule, rulePort = ''] = /^(.*?)(?::(\d+))?$/.exec(rule) ?? []
  if (rulePort !== port) return false
  if (!name.startsWith('*.')) return name === hostname
  const suffix = name.slice(1)
  const label = hostname.slice(0, -suffix.length)
  return hostname.endsWith(suffix) && label !== '' && !label.includes('.')
}

/** Throws unless the manifest's grant `outboundHosts` names the host. */
export function assertOutbound({ id, grants }: PluginManifest, url: URL): void {
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:'
  if (isWeb && (grants?.outboundHosts ?? []).some((rule) => matches(rule, url))) return
  throw pluginsRefusals.grant_missing({ pluginId: id, grant: `outboundHosts: ${url.host}` })
}

/** `fetch` for one plugin. Redirects are followed here, because each leads to a host that must be allowed as well. */
export function grantedFetch(manifest: PluginManifest, lifetime: AbortSignal) {
  const follow = async (address: string | URL, init: RequestInit): Promise<Response> => {
    const signal = init.signal ? AbortSignal.any([init.signal, lifetime]) : lifetime
    let url = new URL(address)
    let request: RequestInit = { ...init, signal, redirect: 'manual' }
    for (let count = 0; count <= REDIRECTS_MAX; count++) {
      assertOutbound(manifest, url)
      const response = await fetch(url, request)
      const location = response.headers.get('location')
      if (init.redirect === 'manual' || !redirects.has(response.status) || location === null) return response
      if (init.redirect === 'error') throw new TypeError(`${url.host} redirects.`)
      await response.body?.cancel()
      const next = new URL(location, url)
      request = redirected(request, response.status, next.origin === url.origin)
      url = next
    }
    throw new TypeError(`${url.host} redirects more than ${REDIRECTS_MAX} times.`)
  }
  return (address: string | URL, init: RequestInit = {}): Promise<Response> => {
    const { host } = new URL(address)
    const attributes = {
      'cambium.plugin': manifest.id,
      'server.address': host,
      'http.request.method': init.method ?? 'GET',
    }
    return traced(`fetch ${host}`, attributes, () => follow(address, withTraceparent(init)), {
      kind: 'client',
    })
  }
}

/** Whoever is asked can go on with the trace. */
function withTraceparent(init: RequestInit): RequestInit {
  const traceparent = activeTraceparent()
  const headers = new Headers(init.headers)
  if (traceparent === undefined || headers.has('traceparent')) return init
  headers.set('traceparent', traceparent)
  return { ...init, headers }
}

/** As browsers do: a POST becomes a GET, and another origin does not get what was meant for the first. */
function redirected(request: RequestInit, status: number, isSameOrigin: boolean): RequestInit {
  const { body, method = 'GET', ...rest } = request
  const headers = new Headers(request.headers)
  if (!isSameOrigin) for (const name of ['authorization', 'cookie']) headers.delete(name)
  const becomesGet = status === 303 || ((status === 301 || status === 302) && method === 'POST')
  if (becomesGet) {
    for (const name of ['content-type', 'content-length']) headers.delete(name)
    return { ...rest, headers, method: 'GET' }
  }
  return { ...rest, headers, method, ...(body === undefined ? {} : { body }) }
}
