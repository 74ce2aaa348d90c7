import { diffLines } from 'diff'

export type ChangeKind = 'added' | 'removed' | 'changed' | 'same'

export interface LineChange {
  readonly kind: ChangeKind
  readonly text: string
  /** Numbers of the line in both texts, where it is in them. */
  readonly before: number | null
  readonly after: number | null
}

/** Line by line, in the order one reads: what went stands before what came in its place. */
export function lineChanges(before: string, after: string): readonly LineChange[] {
  let [old, now] = [0, 0]
  return diffLines(before, after).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => {
        if (!added) old += 1
        if (!removed) now += 1
        return {
          kind: added ? ('added' as const) : removed ? ('removed' as const) : ('same' as const),
          text,
          before: added ? null : old,
          after: removed ? null : now,
        }
      }),
  )
}

export interface FieldChange {
  readonly kind: ChangeKind
  /** `limits/daily` */
  readonly path: string
  /** As text; null where there is no such field. */
  readonly before: string | null
  readonly after: string | null
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function leaves(value: unknown, path = ''): [path: string, text: string][] {
  if (!isGroup(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value ?? null)]]
  return Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : leaves(member, path === '' ? name : `${path}/${name}`),
  )
}

/** Field by field, objects within by their path; fields keep the order in which they first appear. */
export function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  const old = new Map(leaves(before ?? {}))
  const now = new Map(leaves(after ?? {}))
  return [...new Set([...old.keys(), ...now.keys()])].map((path) => {
    const [was, is] = [old.get(path) ?? null, now.get(path) ?? null]
    const kind = was === is ? 'same' : was === null ? 'added' : is === null ? 'removed' : 'changed'
    return { kind, path, before: was, after: is }
  })
}
