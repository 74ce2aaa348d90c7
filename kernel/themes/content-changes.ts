import type { ThemeContent } from './tokens.ts'

function leaves(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (value === null || typeof value !== 'object') return [[path, value]]
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, path === '' ? key : `${path}.${key}`),
  )
}

/** What differs, as paths into the tokens: `light.accent`, `radius.card`, `logos.mark`, `brand`. */
export function contentChanges(before: ThemeContent, after: ThemeContent): readonly string[] {
  const flat = ({ brand, tokens, logos }: ThemeContent) =>
    new Map([['brand', brand] as const, ...leaves(tokens, ''), ...leaves(logos, 'logos')])
  const known = flat(before)
  return [...flat(after)].filter(([path, value]) => known.get(path) !== value).map(([path]) => path)
}
