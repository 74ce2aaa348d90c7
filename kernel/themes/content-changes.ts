import type { ThemeContent } from './tokens.ts'

type Leaf = string | number | null

function leaves(value: unknown, path: string): readonly (readonly [string, Leaf])[] {
  if (value === null || typeof value !== 'object') return [[path, value as Leaf]]
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, path === '' ? key : `${path}.${key}`),
  )
}

/** Everything an operator can change, by its path: `light.accent`, `light.chart.2`, `radius.card`, `logos.mark`, `brand`. */
export function contentValues({ brand, tokens, logos }: ThemeContent): ReadonlyMap<string, Leaf> {
  return new Map([['brand', brand] as const, ...leaves(tokens, ''), ...leaves(logos, 'logos')])
}

/** What differs, as paths. */
export function contentChanges(before: ThemeContent, after: ThemeContent): readonly string[] {
  const known = contentValues(before)
  return [...contentValues(after)].filter(([path, value]) => known.get(path) !== value).map(([path]) => path)
}

/** The content with one value replaced. */
export function withValue(content: ThemeContent, path: string, value: Leaf): ThemeContent {
  const next = structuredClone(content)
  const [first = '', ...rest] =
    path === 'brand' || path.startsWith('logos.') ? path.split('.') : ['tokens', ...path.split('.')]
  const steps = [first, ...rest]
  const last = steps.pop() ?? ''
  let place = next as unknown as Record<string, unknown>
  for (const step of steps) place = place[step] as Record<string, unknown>
  place[last] = value
  return next
}
