import { createLogger, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { SearchDeclaration } from '../plugins/manifest.ts'
import { search, type SearchGroup } from './routes.ts'
import type { SearchHit, SearchRequest, SearchSource } from './source.ts'

export interface SearchOptions {
  readonly log?: Logger
  /** How long a source may take. */
  readonly timeoutMs?: number
}

export interface Search {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** The sources of an owner, in place of those it gave before. */
  publish(
    owner: string,
    declared: readonly SearchDeclaration[],
    sources: Readonly<Record<string, SearchSource>>,
  ): void
  withdraw(owner: string): void
}

interface Offered {
  readonly owner: string
  readonly declaration: SearchDeclaration
  readonly source: SearchSource
}

interface Found extends Offered {
  readonly hits: readonly SearchHit[]
}

const TIMEOUT_MS = 800
const HITS_MAX = 6
const TEXT_LENGTH_MAX = 200
const localPath = /^\/(?![/\\])/

function mayAsk({ declaration: { permission } }: Offered, principal: Principal): boolean {
  if (permission === undefined || principal.kind === 'system') return true
  if (principal.kind !== 'user') return false
  return permission === 'signedIn' || principal.permissions.has(permission)
}

/** What a source says is taken for a stranger's word: no endless lists or texts, and no way out of the platform. */
function checked(hits: readonly SearchHit[]): SearchHit[] {
  return hits
    .filter(({ link }) => localPath.test(link))
    .map((hit) => ({ ...hit, rank: Math.min(1, Math.max(0, hit.rank ?? 0.5)) }))
    .toSorted((left, right) => right.rank - left.rank)
    .slice(0, HITS_MAX)
}

const bestRank = ({ hits }: Found): number => hits[0]?.rank ?? 0

function groupOf({ owner, declaration, hits }: Found): SearchGroup {
  const cut = (text: string): string => text.slice(0, TEXT_LENGTH_MAX)
  return {
    id: declaration.id,
    owner,
    title: declaration.title,
    items: hits.map(({ id, title, text = '', link, icon }) => ({
      id,
      title: cut(title),
      text: cut(text),
      link,
      ...(icon === undefined ? {} : { icon }),
    })),
  }
}

/** Asks every source the caller may ask, at once, and waits for none longer than it may take. */
export function createSearch({
  log = createLogger('search'),
  timeoutMs = TIMEOUT_MS,
}: SearchOptions = {}): Search {
  const offered = new Map<string, readonly Offered[]>()

  async function ask(one: Offered, request: SearchRequest): Promise<Found | null> {
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => late.resolve(null), timeoutMs)
    const asked = one.source(request).then(
      (hits) => ({ ...one, hits: checked(hits) }),
      (error: unknown) => {
        log.warn(`${one.declaration.id} could not be searched`, { error })
        return null
      },
    )
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  const implementations = [
    implement(search, async ({ params, principal }) => {
      const text = params.text.trim()
      const userId = principal.kind === 'user' ? principal.userId : null
      if (text === '') return { groups: [], missing: [] }
      const sources = [...offered.values()]
        .flat()
        .filter((one) => one.declaration.app === params.app && mayAsk(one, principal))
      const answers = await Promise.all(sources.map((one) => ask(one, { text, userId, limit: HITS_MAX })))
      const found = answers.filter((answer) => answer !== null)
      const missing = sources.filter((_, index) => answers[index] === null)
      return {
        groups: found
          .filter(({ hits }) => hits.length > 0)
          .toSorted(
            (left, right) =>
              bestRank(right) - bestRank(left) || left.declaration.order - right.declaration.order,
          )
          .map(groupOf),
        missing: missing.map(({ owner, declaration: { id, title } }) => ({ id, owner, title })),
      }
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    publish(owner, declared, sources) {
      offered.set(
        owner,
        declared.flatMap((declaration) => {
          const source = sources[declaration.id]
          return source ? [{ owner, declaration, source }] : []
        }),
      )
    },
    withdraw: (owner) => void offered.delete(owner),
  }
}
