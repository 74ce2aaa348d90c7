const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => replacements[character] as string)
}

export interface PageParts {
  readonly title: string
  /** HTML. */
  readonly main: string
  /** HTML for the head, beside title and style. */
  readonly head?: string
}

/** A page of the kernel's own, in the one style sheet they share. */
export function document({ title, main, head = '' }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Cambium</title>
<link rel="stylesheet" href="/api/docs/kernel.css">
${head}
</head>
<body>
<main>${main}</main>
</body>
</html>
`
}
