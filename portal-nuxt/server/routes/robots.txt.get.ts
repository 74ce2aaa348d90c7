/** Pages of an account are nobody else's; the way to one is open to all. */
const kept = ['/api/', '/admin', '/dashboard', '/wallet', '/activity', '/notifications', '/settings']

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
