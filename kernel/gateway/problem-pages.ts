import { refusalCatalogue, type CatalogueEntry } from '../contract/index.ts'
import { document, escapeHtml } from './pages.ts'

const statusTexts: Readonly<Record<number, string>> = {
  400: 'The request is malformed. Sending it again changes nothing; the request has to change.',
  401: 'Nobody is signed in. Sign in, then send the request again.',
  403: 'The one who asks is known, but may not do this.',
  404: 'What is asked for does not exist, or not for the one who asks.',
  409: 'The request contradicts what is there, or what was asked before.',
  422: 'The request is well-formed, but a rule says no.',
  429: 'Too much at once. Wait as long as the header Retry-After says.',
  500: 'A mistake of the platform. The answer carries the id of the request, which its operator can look up.',
  503: 'Something is not running at the moment. Try again later.',
}

function retryText({ retryable }: CatalogueEntry): string {
  return retryable === true ? 'Yes: the same request may succeed later.' : 'No: not without a change.'
}

/** The page behind a problem's `type`; undefined for a code nobody declares. */
export function problemPage(code: string): string | undefined {
  const entry = refusalCatalogue().get(code)
  if (!entry) return undefined
  const [owner = '', reason] = code.split('.')
  return document({
    title: entry.message,
    main: `
      <p class="path"><a href="/problems/">Problems</a> / ${escapeHtml(reason === undefined ? code : owner)}</p>
      <h1>${escapeHtml(entry.message)}</h1>
      <p><code>${escapeHtml(code)}</code></p>
      <dl>
        <dt>Status</dt><dd>${entry.status}</dd>
        <dt>What it means</dt><dd>${escapeHtml(statusTexts[entry.status] ?? 'The request was refused.')}</dd>
        <dt>Worth trying again</dt><dd>${retryText(entry)}</dd>
      </dl>
      <p>Problems are answered as <code>application/problem+json</code> (RFC 9457). This address is the value of
      <code>type</code> and stays the same for ever; the sentence may change. <a href="/api/docs">All routes</a></p>`,
  })
}

/** Every problem there is, by owner. */
export function problemIndex(): string {
  const owners = Map.groupBy(
    [...refusalCatalogue().values()].sort((left, right) => (left.code < right.code ? -1 : 1)),
    ({ code }) => code.split('.')[0] as string,
  )
  const sections = [...owners].map(
    ([owner, entries]) => `
      <section><h2>${escapeHtml(owner)}</h2><ul class="list">${entries
        .map(
          ({ code, status, message }) => `
          <li><a href="/problems/${escapeHtml(code)}"><code>${escapeHtml(code)}</code></a>
          <span class="status">${status}</span> ${escapeHtml(message)}</li>`,
        )
        .join('')}</ul></section>`,
  )
  return document({
    title: 'Problems',
    main: `<h1>Problems</h1><p>Everything the platform may answer in place of what was asked for.</p>${sections.join('')}`,
  })
}
