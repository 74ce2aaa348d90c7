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

/** The look of a page comes before all else: what only brings it to life waits on a slow line. */
function yieldToStyles(head: string): string {
  return head
    .replaceAll('<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"')
    .replaceAll('<script type="module"', '<script type="module" fetchpriority="low"')
    .replaceAll('<link rel="preload" as="font"', '<link rel="preload" fetchpriority="low" as="font"')
}

/** The sheet the app was built with: all of it is in the platform's over app and plugins, and the font in the page. */
const builtSheet = /<link rel="stylesheet" href="[^"]*\/entry\.[^"]*\.css"[^>]*>/g

/**
 * Puts the import map first in every page, and lets only this page's scripts run. A prerendered page (the admin) has no
 * nonce: the build writes the hashes of its scripts instead, see `modules/platform-files.ts`.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('render:html', (html, { event }) => {
    const { uiManifest, look, renderedPlugins = [] } = event.context
    html.head = html.head.map(yieldToStyles)
    const sheets: string[] = []
    if (uiManifest?.stylesheet) {
      html.head = html.head.map((part) => part.replace(builtSheet, ''))
      sheets.push(`<link rel="stylesheet" data-platform-sheet href="${uiManifest.stylesheet}">`)
    }
    for (const { css, module } of renderedPlugins) {
      if (css !== null) sheets.push(`<link rel="stylesheet" href="${css}">`)
      html.head.push(`<link rel="modulepreload" fetchpriority="low" href="${module}">`)
    }
    // Before anything is painted: no page is ever seen in another theme first.
    if (look) sheets.push(`<link rel="stylesheet" data-cambium-look href="${look.stylesheet}">`)
    const importMapScript = `<script type="importmap">${JSON.stringify(importMap)}</script>`
    html.head.unshift(importMapScript, ...sheets)
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
