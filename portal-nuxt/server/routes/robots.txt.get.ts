/** Pages of an account are nobody else's. */
const kept = ['/api/', '/admin', '/dashboard', '/wallet', '/settings', '/login', '/register']

export default defineEventHandler((event) => {
  const { origin } = getRequestURL(event, { xForwardedHost: true, xForwardedProto: true })
  setResponseHeader(event, 'content-type', 'text/plain; charset=utf-8')
  setResponseHeader(event, 'cache-control', 'public, max-age=3600')
  const lines = [
    'User-agent: *',
    ...kept.map((path) => `Disallow: ${path}`),
    `Sitemap: ${origin}/sitemap.xml`,
  ]
  return `${lines.join('\n')}\n`
})
