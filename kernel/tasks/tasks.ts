import { createLogger, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import { severities, type PermissionDeclaration } from '../contract/index.ts'
import { listTasks, type WaitingTask } from './routes.ts'
import type { FindTasks, Task, TaskSource } from './task.ts'

export interface Tasks {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** The sources of an owner, in place of those it gave before. */
  publish(owner: string, sources: readonly TaskSource[], finders: Readonly<Record<string, FindTasks>>): void
  withdraw(owner: string): void
}

interface Offered {
  readonly owner: string
  readonly source: TaskSource
  readonly find: FindTasks
}

const TIMEOUT_MS = 1_500
const TASKS_MAX = 20
const TEXT_LENGTH_MAX = 300
const localPath = /^\/(?![/\\])/

function mayDo({ source: { permission } }: Offered, principal: Principal): boolean {
  if (principal.kind === 'system') return true
  return principal.kind === 'user' && principal.permissions.has(permission)
}

/** What a source says is taken for a stranger's word: no endless lists or texts, and no way out of the platform. */
function waiting({ owner, source }: Offered, tasks: readonly Task[]): WaitingTask[] {
  return tasks
    .filter(({ link }) => localPath.test(link))
    .slice(0, TASKS_MAX)
    .map(({ key, severity, link, count = 1, data = {} }) => ({
      id: `${source.id}:${key}`,
      source: source.id,
      owner,
      title: source.title,
      text: source.text,
      icon: source.icon,
      severity: severities.includes(severity) ? severity : 'info',
      link,
      count,
      data: Object.fromEntries(
        Object.entries(data).map(([name, value]) => [
          name,
          typeof value === 'number' ? value : String(value).slice(0, TEXT_LENGTH_MAX),
        ]),
      ),
    }))
}

const gravity = ({ severity }: WaitingTask): number => severities.indexOf(severity)

/** Asks every source whose work the caller may do, at once, and waits for none longer than it may take. */
export function createTasks({
  log = createLogger('tasks'),
  timeoutMs = TIMEOUT_MS,
}: { readonly log?: Logger; readonly timeoutMs?: number } = {}): Tasks {
  const offered = new Map<string, readonly Offered[]>()

  async function ask(one: Offered): Promise<WaitingTask[] | null> {
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => late.resolve(null), timeoutMs)
    const asked = (async () => waiting(one, await one.find()))().catch((error: unknown) => {
      log.warn(`${one.source.id} could not say what waits`, { error })
      return null
    })
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  const implementations = [
    implement(listTasks, async ({ principal }) => {
      const sources = [...offered.values()].flat().filter((one) => mayDo(one, principal))
      const answers = await Promise.all(sources.map(ask))
      return {
        items: answers
          .flatMap((found) => found ?? [])
          .toSorted((left, right) => gravity(right) - gravity(left)),
        missing: sources.filter((_, index) => answers[index] === null).map(({ source }) => source.id),
      }
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    publish(owner, sources, finders) {
      offered.set(
        owner,
        sources.flatMap((source) => {
          const find = finders[source.id]
          return find ? [{ owner, source, find }] : []
        }),
      )
    },
    withdraw: (owner) => void offered.delete(owner),
  }
}
