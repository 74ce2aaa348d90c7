import type { Shot, Walk } from './walk.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** What is wrong with one picture, in a few words; empty when nothing is. */
export function complaints({ failure, violations, console: said, overflow }: Shot): string[] {
  return [
    ...(failure ? [failure] : []),
    ...violations.map(({ rule, nodes }) => `${rule} × ${nodes.length}`),
    ...(overflow > 0 ? [`${overflow} px too wide`] : []),
    ...(said.length > 0 ? [`console × ${said.length}`] : []),
  ]
}

/** One row a page, one picture of it for each width and theme. */
export function contactSheet({ shots, missed }: Walk): string {
  const rows = Map.groupBy(shots, ({ app, page }) => `${app}${page}`)
  const body = [...rows].map(([name, row]) => {
    const pictures = row.map((shot) => {
      const wrong = complaints(shot).map(escaped).join(', ')
      const caption = `${shot.width} ${shot.theme} ${shot.language}${wrong ? ` — <b>${wrong}</b>` : ''}`
      return `<figure><a href="${escaped(shot.file)}"><img loading="lazy" src="${escaped(shot.file)}" alt="${escaped(name)}, ${shot.width} pixels, ${shot.theme}, ${shot.language}"></a><figcaption>${caption}</figcaption></figure>`
    })
    return `<h2>${escaped(name)} <small>${escaped(row[0]?.address ?? '')} ${escaped(row[0]?.title ?? '')}</small></h2><div>${pictures.join('')}</div>`
  })
  const unseen = missed.length > 0 ? `<p><b>Not reached: ${escaped(missed.join(', '))}</b></p>` : ''
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Screens of Cambium</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 24px; background: #f4f4f5; color: #18181b }
h2 { font-size: 16px; margin: 32px 0 8px } small { font-weight: 400; color: #52525b }
div { display: flex; flex-wrap: wrap; gap: 16px } figure { margin: 0; max-width: 420px }
img { height: 300px; max-width: 420px; object-fit: cover; object-position: top; border: 1px solid #d4d4d8; background: #fff }
figcaption { color: #52525b } b { color: #b91c1c }
</style>
<h1>Screens</h1>${unseen}${body.join('\n')}</html>
`
}

/** For the terminal: only what somebody has to look at. */
export function shortTable({ shots, missed }: Walk): string[] {
  const wrong = shots.filter((shot) => complaints(shot).length > 0)
  const nameOf = (shot: Shot): string => `${shot.app}${shot.page}`
  const width = Math.max(0, ...wrong.map((shot) => nameOf(shot).length))
  return [
    ...wrong.map(
      (shot) =>
        `${nameOf(shot).padEnd(width)}  ${String(shot.width).padStart(4)} ${shot.theme.padEnd(5)} ${shot.language}  ${complaints(shot).join(', ')}`,
    ),
    ...missed.map((page) => `${page} was not reached: no page leads to it.`),
    `${shots.length} pictures, ${wrong.length} with something to mend.`,
  ]
}
