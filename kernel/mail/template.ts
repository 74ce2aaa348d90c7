import type { Letter } from './letter.ts'

/** What of a theme a letter shows: colours of its light mode, because mail programs darken by themselves. */
export interface LetterLook {
  readonly brand: string
  readonly colors: {
    readonly canvas: string
    readonly canvasMuted: string
    readonly line: string
    readonly text: string
    readonly textMuted: string
    readonly accent: string
  }
  /** Corners of cards and of buttons, in pixels. */
  readonly radius: { readonly card: number; readonly control: number }
}

export interface WrittenLetter {
  readonly subject: string
  readonly html: string
  readonly text: string
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const rightToLeft = /^(ar|fa|he|ur)\b/
const font = "Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function textOf(letter: Letter, { brand }: LetterLook, url: string | undefined): string {
  const facts = (letter.facts ?? []).map(({ label, value }) => `${label}: ${value}`).join('\n')
  const action = letter.action && url ? `${letter.action.label}:\n${url}` : ''
  const parts = [letter.title, ...letter.paragraphs, facts, action, `-- \n${brand}\n${letter.footnote}`]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function factsOf(letter: Letter, { colors }: LetterLook): string {
  const rows = (letter.facts ?? []).map(
    ({ label, value }) =>
      `<tr><td style="padding:8px 16px 8px 0;border-top:1px solid ${colors.line};color:${colors.textMuted};font-size:13px;vertical-align:top">${escape(label)}</td>` +
      `<td style="padding:8px 0;border-top:1px solid ${colors.line};font-size:14px;word-break:break-word">${escape(value)}</td></tr>`,
  )
  if (rows.length === 0) return ''
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 16px">${rows.join('')}</table>`
}

function actionOf(letter: Letter, { colors, radius }: LetterLook, url: string | undefined): string {
  if (!letter.action || !url) return ''
  const address = escape(url)
  return (
    `<p style="margin:24px 0 16px"><a href="${address}" style="display:inline-block;padding:12px 20px;border-radius:${radius.control}px;background:${colors.accent};color:${colors.canvas};font-size:14px;font-weight:600;text-decoration:none">${escape(letter.action.label)}</a></p>` +
    `<p style="margin:0 0 8px;color:${colors.textMuted};font-size:12px;line-height:18px;word-break:break-all">${address}</p>`
  )
}

/** HTML and text of one letter, from the same words. Styles are in the tags: mail programs drop everything else. */
export function writeLetter(letter: Letter, look: LetterLook, url: string | undefined): WrittenLetter {
  const { colors, radius, brand } = look
  const direction = rightToLeft.test(letter.language) ? 'rtl' : 'ltr'
  const paragraphs = letter.paragraphs.map(
    (text) => `<p style="margin:0 0 12px;font-size:14px;line-height:22px">${escape(text)}</p>`,
  )
  const html = `<!doctype html>
<html lang="${escape(letter.language)}" dir="${direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light"><title>${escape(letter.subject)}</title></head>
<body style="margin:0;padding:24px 12px;background:${colors.canvasMuted};color:${colors.text};font-family:${font}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;text-align:start">
<tr><td style="padding:0 4px 16px;font-size:16px;font-weight:600;color:${colors.text}">${escape(brand)}</td></tr>
<tr><td style="padding:28px;background:${colors.canvas};border:1px solid ${colors.line};border-radius:${radius.card}px">
<h1 style="margin:0 0 16px;font-size:20px;line-height:28px;font-weight:600">${escape(letter.title)}</h1>
${paragraphs.join('\n')}
${factsOf(letter, look)}${actionOf(letter, look, url)}
</td></tr>
<tr><td style="padding:16px 4px;color:${colors.textMuted};font-size:12px;line-height:18px">${escape(letter.footnote)}</td></tr>
</table></td></tr></table>
</body></html>
`
  return { subject: letter.subject.replace(/[\r\n]+/g, ' '), html, text: textOf(letter, look, url) }
}
