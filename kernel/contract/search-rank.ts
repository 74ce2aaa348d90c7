/**
 * How well a text is found in one of the fields: 1 for the whole of it, less for its beginning, for the beginning of a
 * word, for somewhere inside; 0 for not at all. The first fields count more.
 */
export function searchRank(text: string, fields: readonly string[]): number {
  const wanted = plain(text)
  if (wanted === '') return 0
  const ranks = fields.map((field, index) => rankIn(wanted, plain(field)) - index * 0.02)
  return Math.max(0, ...ranks)
}

function rankIn(wanted: string, field: string): number {
  if (field === wanted) return 1
  if (field.startsWith(wanted)) return 0.8
  if (field.includes(` ${wanted}`)) return 0.6
  return field.includes(wanted) ? 0.4 : 0
}

/** Without case, accents and the marks between words: `BTC-USDT` is found by `btc usdt`. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s/_.-]+/g, ' ')
    .trim()
}
