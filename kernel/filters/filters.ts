import { checkOf, type Check, type Logger } from '../broker/index.ts'
import type { FilterPoint } from '../contract/index.ts'
import type { FilterDeclaration } from '../plugins/manifest.ts'
import { kernelFilterPoints } from './points.ts'
import { filtersRefusals } from './refusals.ts'

type Filter = (context: never) => Promise<void>

/** A filter as it stands in a point's row. */
export interface Standing extends FilterDeclaration {
  readonly owner: string
  readonly filter: Filter
}

/** What became of a filter's questions since the process started. */
export interface Count {
  asked: number
  refused: number
  failed: number
  lastRefusal: { code: string; at: string } | null
}

export interface Filters {
  apply(point: FilterPoint, context: unknown): Promise<void>
  offer(owner: string, points: readonly FilterPoint[]): void
  publish(
    owner: string,
    declared: readonly FilterDeclaration[],
    filters: Readonly<Record<string, Filter>>,
  ): void
  withdraw(owner: string): void
  setDisabled(owner: string, ids: readonly string[]): void
  isDisabled(owner: string, id: string): boolean
  /** Points with who is asked there, in order. */
  readonly points: ReadonlyMap<
    string,
    { readonly point?: FilterPoint; readonly owner?: string; readonly row: readonly Standing[] }
  >
  count(owner: string, id: string): Count
}

const nobody: readonly Standing[] = []

/** A refusal is an answer; anything else a filter throws is a fault of its own. */
function isRefusal(error: unknown): error is Error & { type: string } {
  if (!(error instanceof Error) || !('type' in error) || !('code' in error)) return false
  return typeof error.type === 'string' && typeof error.code === 'number' && error.code < 500
}

export function createFilters(log: Logger): Filters {
  const points = new Map<string, { point: FilterPoint; owner: string }>()
  const rows = new Map<string, readonly Standing[]>()
  const disabled = new Map<string, ReadonlySet<string>>()
  const counts = new Map<string, Count>()
  const checks = new WeakMap<FilterPoint, Check>()
  for (const point of kernelFilterPoints) points.set(point.name, { point, owner: 'kernel' })

  function count(owner: string, id: string): Count {
    const key = `${owner} ${id}`
    const known = counts.get(key) ?? { asked: 0, refused: 0, failed: 0, lastRefusal: null }
    counts.set(key, known)
    return known
  }

  const isDisabled = (owner: string, id: string): boolean => disabled.get(owner)?.has(id) ?? false

  function assertContext(point: FilterPoint, context: unknown): void {
    const check = checks.get(point) ?? checkOf(point.context)
    checks.set(point, check)
    const errors = check(context)
    if (errors.length === 0) return
    const faults = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join(', ')
    throw new Error(`${point.name} is asked with a context it does not declare: ${faults}`)
  }

  async function ask(point: FilterPoint, { id, owner, filter }: Standing, context: unknown): Promise<void> {
    const counted = count(owner, id)
    counted.asked += 1
    try {
      await within(filter(context as never), point.timeoutMs)
    } catch (error) {
      if (isRefusal(error)) {
        counted.refused += 1
        counted.lastRefusal = { code: error.type, at: new Date().toISOString() }
        log.info(`${id} refused at ${point.name}`, { refusal: error.type, context })
        throw error
      }
      counted.failed += 1
      log.error(`${id} failed at ${point.name}`, { goesOn: point.onFailure === 'open', error })
      if (point.onFailure === 'closed') throw filtersRefusals.filter_failed({ point: point.name, filter: id })
    }
  }

  function place(owner: string, own: readonly Standing[]): void {
    const all = [...rows.values()].flat().filter((one) => one.owner !== owner)
    rows.clear()
    const sorted = [...all, ...own].sort(
      (left, right) => left.order - right.order || (left.id < right.id ? -1 : 1),
    )
    for (const [name, row] of Map.groupBy(sorted, ({ point }) => point)) rows.set(name, row)
  }

  return {
    async apply(point, context) {
      const row = rows.get(point.name) ?? nobody
      if (row.length === 0) return
      assertContext(point, context)
      for (const one of row) if (!isDisabled(one.owner, one.id)) await ask(point, one, context)
    },
    offer(owner, offered) {
      for (const [name, one] of points) if (one.owner === owner) points.delete(name)
      for (const point of offered) points.set(point.name, { point, owner })
    },
    publish(owner, declared, filters) {
      place(
        owner,
        declared.map((declaration) => {
          const filter = filters[declaration.id]
          if (!filter) throw new Error(`No code behind the filter ${declaration.id}.`)
          return { ...declaration, owner, filter }
        }),
      )
    },
    withdraw: (owner) => place(owner, []),
    setDisabled: (owner, ids) => void disabled.set(owner, new Set(ids)),
    isDisabled,
    get points() {
      const names = new Set([...points.keys(), ...rows.keys()])
      return new Map(
        [...names].sort().map((name) => [name, { ...points.get(name), row: rows.get(name) ?? nobody }]),
      )
    },
    count,
  }
}

/** Throws when `work` takes longer; it may go on, and nobody looks at what it answers. */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It took longer than ${timeoutMs} ms.`)), timeoutMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
