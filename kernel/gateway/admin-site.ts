import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { Look, Themes } from '../themes/index.ts'
import { sendPage } from './answers.ts'
import { escapeHtml } from './pages.ts'
import { createStaticFiles } from './static-files.ts'

interface IndexPage {
  readonly mtimeMs: number
  readonly body: string
  readonly policy: string
}

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g

/**
 * Scripts in the page are allowed by their hashes, so that nothing anybody manages to inject runs. Styles may be inline:
 * the kit positions its menus with style attributes.
 */
function contentPolicy(html: string): string {
  const hashes = [...html.matchAll(inlineScript)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  )
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`.trim(),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
}

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Admin</title>
<p>The admin has not been built yet. Run <code>npm run build</code> and reload this page.`

/** The look the page begins with: its style sheet before anything is painted, and all of it for the script. */
function withLook(html: string, look: Look): string {
  const content = escapeHtml(JSON.stringify(look))
  const sheet = `<link rel="stylesheet" data-cambium-look href="${escapeHtml(look.stylesheet)}">`
  return html.replace('</head>', `${sheet}<meta name="cambium-look" content="${content}"></head>`)
}

/** The operators' shell: its files, and its one page for every other address below `/admin`. */
export function createAdminSite(
  root: string,
  themes: Pick<Themes, 'look'> | undefined,
): (request: IncomingMessage, response: ServerResponse, urlPath: string) => Promise<void> {
  const files = createStaticFiles(root)
  const indexFile = path.join(root, 'index.html')
  let index: IndexPage | undefined

  async function loadIndex(): Promise<IndexPage | undefined> {
    const stats = await stat(indexFile).catch(() => null)
    if (!stats) return undefined
    if (index?.mtimeMs === stats.mtimeMs) return index
    const body = await readFile(indexFile, 'utf8')
    index = { mtimeMs: stats.mtimeMs, body, policy: contentPolicy(body) }
    return index
  }

  return async (request, response, urlPath) => {
    const isHashed = urlPath.startsWith('/_nuxt/') && !urlPath.startsWith('/_nuxt/builds/latest')
    const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
    const isPage = urlPath === '' || urlPath === '/' || urlPath === '/index.html'
    if (!isPage && (await files.serve(request, response, urlPath, { 'cache-control': caching }))) return
    const page = await loadIndex()
    if (!page) return sendPage(request, response, { status: 503, body: notBuilt })
    // A missing chunk must not be answered with a page: the browser would try to run it.
    if (path.extname(urlPath) !== '' && !isPage)
      return sendPage(request, response, { status: 404, body: 'Not found' })
    // A page in the base theme is better than none.
    const look = await themes?.look('admin').catch(() => undefined)
    const body = look ? withLook(page.body, look) : page.body
    sendPage(request, response, { body, headers: { 'content-security-policy': page.policy } })
  }
}
