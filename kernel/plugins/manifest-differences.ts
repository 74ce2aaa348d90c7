import { canonicalJson } from '../broker/index.ts'

const DIFFERENCES_MAX = 10

/** Pointers to where two manifests differ as JSON, at most ten; empty when they say the same. */
export function manifestDifferences(left: unknown, right: unknown, pointer = ''): readonly string[] {
  if (canonicalJson(left ?? null) === canonicalJson(right ?? null)) return []
  if (!isContainer(left) || !isContainer(right) || Array.isArray(left) !== Array.isArray(right)) {
    return [pointer === '' ? '/' : pointer]
  }
  const members = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...members]
    .flatMap((name) =>
      manifestDifferences(
        (left as Record<string, unknown>)[name],
        (right as Record<string, unknown>)[name],
        `${pointer}/${name}`,
      ),
    )
    .slice(0, DIFFERENCES_MAX)
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
