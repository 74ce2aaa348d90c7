import { refusalCatalogue, type Route } from '../contract/index.ts'
import { exampleOf } from './example.ts'
import { problemCodesOf } from './open-api.ts'
import { document, escapeHtml } from './pages.ts'

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly format?: string
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema | readonly Schema[]
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' | ')
  if (schema.type === 'array' && schema.items && !Array.isArray(schema.items)) {
    return `list of ${typeText(schema.items as Schema)}`
  }
  const range = [
    schema.minimum === undefined ? '' : `from ${schema.minimum}`,
    schema.maximum === undefined ? '' : `to ${schema.maximum}`,
  ]
  return [schema.format ?? schema.type ?? 'anything', ...range].filter(Boolean).join(' ')
}

function accessText({ permission }: Route): string {
  if (permission === 'public') return 'Anybody'
  if (permission === 'signedIn') return 'Anybody signed in'
  return `Holders of <code>${escapeHtml(permission)}</code>`
}

function parameterTable({ params }: Route): string {
  const { properties = {}, required = [] } = params as Schema
  const rows = Object.entries(properties).map(
    ([name, schema]) => `
      <tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(typeText(schema))}</td>
      <td>${required.includes(name) ? 'required' : 'optional'}</td><td>${escapeHtml(schema.description ?? '')}</td></tr>`,
  )
  if (rows.length === 0) return '<p class="note">No parameters.</p>'
  return `<div class="wide" tabindex="0"><table><thead><tr><th>Name</th><th>Type</th><th>Needed</th><th>Note</th></tr></thead>
    <tbody>${rows.join('')}</tbody></table></div>`
}

function problemList(route: Route): string {
  const catalogue = refusalCatalogue()
  const items = problemCodesOf(route).flatMap((code) => {
    const entry = catalogue.get(code)
    if (!entry) return []
    return `<li><span class="status">${entry.status}</span><a href="/problems/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a> ${escapeHtml(entry.message)}</li>`
  })
  return `<ul class="list">${items.join('')}</ul>`
}

function json(schema: object): string {
  return `<pre tabindex="0">${escapeHtml(JSON.stringify(exampleOf(schema), null, 2))}</pre>`
}

function routeEntry(route: Route): string {
  const text =
    `${route.action} ${route.method} ${route.path} ${route.summary} ${route.permission}`.toLowerCase()
  const key =
    route.idempotency === undefined
      ? ''
      : '<dt>Header</dt><dd><code>Idempotency-Key</code> is required: a repeat answers what the first request answered.</dd>'
  const limit = route.rateLimit
    ? `<dt>Limit</dt><dd>${route.rateLimit.points} in ${route.rateLimit.durationSeconds} seconds per ${route.rateLimit.per}</dd>`
    : ''
  return `
    <details class="route" id="${escapeHtml(route.action)}" data-text="${escapeHtml(text)}">
      <summary><span class="method ${route.method.toLowerCase()}">${route.method}</span>
      <code>/api${escapeHtml(route.path)}</code><span class="summary">${escapeHtml(route.summary)}</span></summary>
      <div>
        ${route.description === undefined ? '' : `<p>${escapeHtml(route.description)}</p>`}
        <dl><dt>Action</dt><dd><code>${escapeHtml(route.action)}</code></dd>
        <dt>Who</dt><dd>${accessText(route)}</dd>${key}${limit}</dl>
        <h3>Parameters</h3>${parameterTable(route)}
        <h3>Answer</h3>${json(route.result)}
        <h3>Problems</h3>${problemList(route)}
      </div>
    </details>`
}

/** The API for readers: grouped by owner, searchable, one page without anything from elsewhere. */
export function apiDocsPage(routesByOwner: ReadonlyMap<string, readonly Route[]>): string {
  const sections = [...routesByOwner]
    .filter(([, routes]) => routes.length > 0)
    .map(
      ([owner, routes]) => `
      <section data-owner="${escapeHtml(owner)}"><h2>${escapeHtml(owner)}</h2>${routes.map(routeEntry).join('')}</section>`,
    )
  return document({
    title: 'API',
    head: '<script type="module" src="/api/docs/docs.js"></script>',
    main: `
      <h1>API</h1>
      <p>Every route of the platform as it runs now, of the kernel and of the enabled plugins. Amounts, prices and
      quantities are decimal strings in whole units; times are RFC 3339 in UTC. Requests that change something send JSON
      and, with a session cookie, the header <code>x-csrf-token</code> from
      <a href="#identity.sessions.current"><code>GET /api/identity/session</code></a>.
      Machine-readable: <a href="/api/openapi.json">OpenAPI 3.1</a>. What can go wrong: <a href="/problems/">problems</a>.</p>
      <div class="search"><label for="search">Search routes, press / to start</label>
      <input id="search" type="search" autocomplete="off" spellcheck="false"></div>
      ${sections.join('')}
      <p id="nothing" class="note" hidden>No route has all these words.</p>`,
  })
}
