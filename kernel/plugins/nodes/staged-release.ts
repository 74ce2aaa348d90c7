import { timed } from '../deadline.ts'
import { Attempt, type Ready } from '../attempt.ts'
import type { NamedRelease } from './named-release.ts'
import type { ReadPlugin } from '../catalogue.ts'
import type { LifecycleParts } from '../lifecycle-parts.ts'
import { OperationRecord } from '../operation-record.ts'
import type { SchemaChange } from '../schema-change.ts'
import { dispose, drain } from '../retirement.ts'
import { putInFront } from '../front.ts'

/** Tables are the asking node's: here nothing migrates. */
const untouched: SchemaChange = {
  before: async () => [],
  hasChanged: false,
  undo: async () => [],
  owedAfterFlip: undefined,
  isOwedAfterwards: false,
  after: async () => [],
  end: async () => undefined,
}

/** A generation that another node asked for: ready here, serving nobody until that node says so. */
export class StagedRelease {
  readonly release: NamedRelease
  readonly preparedAt = performance.now()
  readonly #parts: LifecycleParts
  readonly #plugin: ReadPlugin
  readonly #record: OperationRecord
  readonly #attempt: Attempt
  #ready: Ready | undefined

  constructor(parts: LifecycleParts, plugin: ReadPlugin, release: NamedRelease) {
    this.release = release
    this.#parts = parts
    this.#plugin = plugin
    this.#record = new OperationRecord({ pluginId: release.pluginId, action: 'start' }, [], () => undefined)
    const { tier } = release
    const code = tier === 'inline' ? plugin.evaluate() : undefined
    this.#attempt = new Attempt(parts, { plugin, tier, record: this.#record, schema: untouched, code })
  }

  async prepare(): Promise<void> {
    const { pluginId, generation } = this.release
    const others = this.#parts.serving.contributionsBeside(pluginId)
    this.#ready = await timed(
      this.#attempt.prepare(others, async () => generation),
      this.#parts.deadlines.stageMs,
      'Preparing it',
    )
  }

  /** Serves from this turn on; resolves when what it replaced has ended its calls and given back what it had. */
  async commit(): Promise<void> {
    const ready = this.#ready
    if (!ready) throw new Error(`${this.release.pluginId} is not prepared.`)
    const { deadlines, serving, watchdog } = this.#parts
    const { pluginId, version, tier, revision } = this.release
    const previous = serving.get(pluginId)
    const replaced = putInFront(this.#parts, { plugin: this.#plugin, tier, revision, ...ready }, previous)
    watchdog.watch(ready.generation, { isNew: previous?.plugin.manifest.version !== version })
    if (!previous) return ready.generation.scope.begin()
    const { generation } = previous
    const retirement = { generation, replaced, record: this.#record, successor: ready.generation }
    await drain(retirement, deadlines.drainMs)
    await dispose(retirement, deadlines.drainMs)
  }

  async abandon(): Promise<void> {
    await this.#attempt.undo()
  }
}
