import type { Logger } from '../../broker/index.ts'
import type { Nodes } from '../../nodes/index.ts'
import type { Deadlines } from '../lifecycle-parts.ts'
import { sentence } from '../operation-record.ts'
import type { NamedRelease } from './named-release.ts'

/** How the nodes name what they ask of each other. */
export const questions = { stage: 'plugins.stage', commit: 'plugins.commit' } as const
export const topics = {
  abandon: 'plugins.abandon',
  changed: 'plugins.changed',
  switched: 'plugins.switched',
} as const

const FLIP_WITHIN_MS = 5_000

/** The other nodes while one change is under way. */
export interface StagedNodes {
  /** For the timeline: how many are ready, and who was too late. */
  readonly detail: string
  /**
   * Resolves when those that were ready serve it and what they had before is drained. False when one was too late, now or
   * while it prepared: it may go on with what was before until it has caught up.
   */
  commit(): Promise<boolean>
  abandon(): void
}

export interface OtherNodes {
  readonly isAlone: boolean
  /**
   * Has every other node prepare the release. Throws when one of them cannot: then nobody flips. One that does not answer
   * in time is passed over; it sees by the wanted state that it is behind, and answers nobody until it has caught up.
   */
  stage(release: NamedRelease): Promise<StagedNodes>
  /** The wanted state of something has changed: they look at it at once instead of a moment later. */
  changed(): void
  /** A contribution of the plugin was switched off or on. */
  switched(pluginId: string): void
}

export function createOtherNodes(
  nodes: Nodes,
  log: Logger,
  { stageMs, drainMs }: Pick<Deadlines, 'stageMs' | 'drainMs'>,
): OtherNodes {
  return {
    get isAlone() {
      return nodes.others().length === 0
    },
    async stage(release) {
      const others = nodes.others()
      const late: string[] = []
      const refused: string[] = []
      const asked = others.map(async (id) => {
        try {
          await nodes.ask(id, questions.stage, release, stageMs)
        } catch (error) {
          const isLate = error instanceof Error && isSilence(error)
          log.warn(`node ${id} did not prepare ${release.pluginId}`, { error })
          if (isLate) late.push(id)
          else refused.push(`${id}: ${sentence(error)}`)
        }
      })
      await Promise.all(asked)
      if (refused.length > 0) {
        nodes.tell(topics.abandon, release)
        throw new Error(`Another node could not prepare it. ${refused.join(' ')}`)
      }
      const ready = others.filter((id) => !late.includes(id))
      return {
        detail:
          late.length === 0 ? `${ready.length} ready` : `${ready.length} ready, too late: ${late.join(', ')}`,
        commit: async () => {
          const told = ready.map((id) => nodes.ask(id, questions.commit, release, drainMs + FLIP_WITHIN_MS))
          const answers = await Promise.allSettled(told)
          return late.length === 0 && answers.every(({ status }) => status === 'fulfilled')
        },
        abandon: () => nodes.tell(topics.abandon, release),
      }
    },
    changed: () => nodes.tell(topics.changed, {}),
    switched: (pluginId) => nodes.tell(topics.switched, { pluginId }),
  }
}

const silent: ReadonlySet<unknown> = new Set([
  'REQUEST_TIMEOUT',
  'SERVICE_NOT_AVAILABLE',
  'SERVICE_NOT_FOUND',
  'NODE_NOT_FOUND',
  'REQUEST_REJECTED',
])

/** It did not answer, or is gone: nothing was said against the change. */
function isSilence(error: Error): boolean {
  return 'type' in error && silent.has(error.type)
}
