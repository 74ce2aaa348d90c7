import { randomBytes } from 'node:crypto'
import { importMap } from '#cambium/import-map.mjs'

/** What pages may load. Styles allow inline ones: virtual lists and charts place their parts with style attributes. */
function contentSecurityPolicy(scriptSource: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' ${scriptSource}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${import.meta.dev ? ' ws: http:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    // The theme editor shows the portal in a frame; nobody else's site may.
    "frame-ancestors 'self'",
  ].join('; ')
}

/**
 * Puts the import map first in every page, and lets only this page's scripts run. A prerendered page (the admin) has no
 * nonce: the build writes the hashes of its scripts instead, see `modules/platform-files.ts`.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', (html, { event }) => {
    html.head.unshift(`<script type="importmap">${JSON.stringify(importMap)}</script>`)
    const { uiManifest, look, renderedPlugins = [] } = event.context
    for (const { css, module } of renderedPlugins) {
      if (css !== null) html.head.push(`<link rel="stylesheet" href="${css}">`)
      html.head.push(`<link rel="modulepreload" href="${module}">`)
    }
    if (uiManifest?.stylesheet) {
      html.head.push(`<link rel="stylesheet" data-platform-sheet href="${uiManifest.stylesheet}">`)
    }
    // Before anything is painted: no page is ever seen in another theme first.
    if (look) html.head.push(`<link rel="stylesheet" data-cambium-look href="${look.stylesheet}">`)
    if (import.meta.prerender) return
    const nonce = randomBytes(16).toString('base64url')
    const mark = (part: string): string => part.replaceAll('<script', `<script nonce="${nonce}"`)
    html.head = html.head.map(mark)
    html.bodyPrepend = html.bodyPrepend.map(mark)
    html.bodyAppend = html.bodyAppend.map(mark)
    setResponseHeader(event, 'content-security-policy', contentSecurityPolicy(`'nonce-${nonce}'`))
    setResponseHeader(event, 'x-content-type-options', 'nosniff')
    setResponseHeader(event, 'referrer-policy', 'same-origin')
    setResponseHeader(event, 'cache-control', 'no-store')
  })
})
