import type { ReadPlugin } from './catalogue.ts'
import { timed } from './deadline.ts'
import type { PluginCode } from './evaluation.ts'
import type { Generation } from './generation.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import { readMessages } from './locales.ts'
import type { OperationRecord } from './operation-record.ts'
import type { Tier } from './plugin-tier.ts'
import type { SchemaChange } from './schema-change.ts'
import type { PreparedUi, UiContribution } from './ui-manifests.ts'

/** A generation that is ready to serve, with all it needs to be shown. */
export interface Ready {
  readonly generation: Generation
  readonly ui: PreparedUi
  readonly contribution: UiContribution
}

interface AttemptOptions {
  readonly plugin: ReadPlugin
  readonly tier: Tier
  readonly record: OperationRecord
  readonly schema: SchemaChange
  /** Inline code is evaluated once an attempt; in the other tiers nothing of it runs in the kernel's process. */
  readonly code: PluginCode | undefined
}

/** Everything of one attempt that a failure has to take back. */
export class Attempt {
  readonly #parts: LifecycleParts
  readonly #options: AttemptOptions
  #generation: Generation | undefined

  constructor(parts: LifecycleParts, options: AttemptOptions) {
    this.#parts = parts
    this.#options = options
  }

  /** Everything up to the flip. Nothing of it is visible to anybody; when it throws, `undo` leaves no trace. */
  async prepare(others: readonly UiContribution[], nextNumber: () => Promise<number>): Promise<Ready> {
    const { uiManifests, deadlines } = this.#parts
    const { record } = this.#options
    const { contribution, ui } = await record.step('stage', async (detail) => {
      const own = await this.#stage()
      const prepared = await uiManifests.prepare([...others, own])
      detail(`${Object.keys(own.pages).length} page bundles`)
      return { contribution: own, ui: prepared }
    })
    await record.step('migrate', async (detail) => {
      const names = await this.#migrate()
      detail(names.length === 0 ? 'nothing to do' : names.join(', '))
    })
    const generation = await record.step('start', async () => this.#start(await nextNumber()))
    await record.step('probe', async () => timed(generation.probe(), deadlines.probeMs, 'The probe'))
    return { generation, ui, contribution }
  }

  async #stage(): Promise<UiContribution> {
    const { plugin } = this.#options
    const [pages, messages] = await Promise.all([this.#parts.pageBuilder.build(plugin), readMessages(plugin)])
    const contribution = { manifest: plugin.manifest, pages, messages }
    await this.#parts.pageGate.check(contribution)
    return contribution
  }

  async #migrate(): Promise<readonly string[]> {
    const { host, store } = this.#parts
    const { plugin, schema, record, code } = this.#options
    const { id, accounts = [], permissions } = plugin.manifest
    const names = await schema
      .before((owed) => store.attemptMigrations(record.id, owed))
      .catch((error: unknown) => {
        throw code ? code.translate(error) : error
      })
    if (accounts.length > 0) {
      await host.database.transaction(async (trx) => {
        for (const account of accounts) await host.ledger.openAccount(trx, account.id, 'house')
      })
    }
    await host.identity.definePermissions(id, permissions)
    return names
  }

  async #start(number: number): Promise<Generation> {
    const { host, deadlines, runners } = this.#parts
    const { plugin, tier, code } = this.#options
    const request = { plugin, number, timeoutMs: deadlines.startMs, ...(code ? { code } : {}) }
    this.#generation = await runners[tier](host, request)
    return this.#generation
  }

  /** Gives back what the attempt acquired and takes back its migrations, last first. */
  async undo(): Promise<void> {
    const generation = this.#generation
    if (generation) await generation.scope.dispose(this.#parts.deadlines.drainMs)
    const { record, schema } = this.#options
    if (!schema.hasChanged) return
    await record.step('undo', async (detail) => detail((await schema.undo()).join(', ')))
  }
}
