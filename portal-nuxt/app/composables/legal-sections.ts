export interface LegalSection {
  readonly id: string
  readonly heading: string
  readonly markdown: string
}

/** A document cut at its second-level headings, so that its table of contents can lead there. */
export function legalSections(markdown: string): {
  readonly lead: string
  readonly sections: LegalSection[]
} {
  const lead: string[] = []
  const found: { heading: string; lines: string[] }[] = []
  let isCode = false
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode
    const heading = isCode ? undefined : /^##\s+(.+?)\s*#*\s*$/.exec(line)?.[1]
    if (heading !== undefined) found.push({ heading, lines: [] })
    else (found.at(-1)?.lines ?? lead).push(line)
  }
  const sections = found.map(({ heading, lines }, index) => ({
    id: `section-${index + 1}`,
    heading,
    markdown: lines.join('\n'),
  }))
  return { lead: lead.join('\n'), sections }
}
