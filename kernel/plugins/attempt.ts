import {
  MigrationError,
  migrateDown,
  migrateUp,
  unknownMigrations,
  type Migration,
} from '../database/index.ts'
import type { ReadPlugin } from './catalogue.ts'
import { timed } from './deadline.ts'
import { createdTables, dryRun } from './dry-run.ts'
import type { PluginCode } from './evaluation.ts'
import { startGeneration, type Generation } from './generation.ts'
import type { PluginHost } from './host.ts'
import { readMessages } from './locales.ts'
import type { OperationRecord } from './operation-record.ts'
import type { PageBuilder } from './pages/page-builder.ts'
import type { PluginStore } from './plugin-store.ts'
import type { PreparedUi, UiContribution, UiManifests } from './ui-manifests.ts'

/** Time limits; a test makes them short. */
export interface Deadlines {
  readonly startMs: number
  readonly probeMs: number
  readonly drainMs: number
}

export const defaultDeadlines: Deadlines = { startMs: 30_000, probeMs: 10_000, drainMs: 10_000 }

/** What an attempt works with, the same for all. */
export interface AttemptParts {
  readonly host: PluginHost
  readonly store: PluginStore
  readonly pageBuilder: PageBuilder
  readonly uiManifests: UiManifests
  readonly deadlines: Deadlines
}

/** A generation that is ready to serve, with all it needs to be shown. */
export interface Ready {
  readonly generation: Generation
  readonly ui: PreparedUi
  readonly contribution: UiContribution
}

/** Everything of one attempt that a failure has to take back. */
export class Attempt {
  readonly #parts: AttemptParts
  readonly #plugin: ReadPlugin
  readonly #record: OperationRecord
  readonly #code: PluginCode
  #migrations: readonly Migration[] = []
  #applied: readonly string[] = []
  #generation: Generation | undefined

  constructor(parts: AttemptParts, plugin: ReadPlugin, record: OperationRecord) {
    this.#parts = parts
    this.#plugin = plugin
    this.#record = record
    // Its own copy: two generations share no module-level state.
    this.#code = plugin.evaluate()
  }

  /** Everything up to the flip. Nothing of it is visible to anybody; when it throws, `undo` leaves no trace. */
  async prepare(others: readonly UiContribution[], nextNumber: () => Promise<number>): Promise<Ready> {
    const { uiManifests } = this.#parts
    const { contribution, ui } = await this.#record.step('stage', async (detail) => {
      const own = await this.#stage()
      const prepared = await uiManifests.prepare([...others, own])
      detail(`${Object.keys(own.pages).length} page bundles`)
      return { contribution: own, ui: prepared }
    })
    await this.#record.step('migrate', async (detail) => {
      await this.#migrate()
      detail(this.#applied.length === 0 ? 'nothing to do' : this.#applied.join(', '))
    })
    const generation = await this.#record.step('start', async () => this.#start(await nextNumber()))
    await this.#record.step('probe', async () =>
      timed(generation.probe(), this.#parts.deadlines.probeMs, 'The probe'),
    )
    return { generation, ui, contribution }
  }

  async #stage(): Promise<UiContribution> {
    const { folder, manifest } = this.#plugin
    const [pages, messages] = await Promise.all([
      this.#parts.pageBuilder.build(this.#plugin),
      readMessages(folder),
    ])
    return { manifest, pages, messages }
  }

  async #migrate(): Promise<void> {
    const { host } = this.#parts
    const { id, accounts = [], permissions } = this.#plugin.manifest
    this.#migrations = this.#code.migrations()
    const unknown = await unknownMigrations(host.database, id, this.#migrations)
    if (unknown.length > 0)
      throw new Error(`The database was changed by a newer version: ${unknown.join(', ')}.`)
    const pending = await migrateUp(host.database, id, this.#migrations, { dryRun: true })
    if (pending.length > 0) await this.#apply(pending.map(({ name }) => name))
    if (accounts.length > 0) {
      await host.database.transaction(async (trx) => {
        for (const account of accounts) await host.ledger.openAccount(trx, account.id, 'house')
      })
    }
    await host.identity.definePermissions(id, permissions)
  }

  async #apply(names: readonly string[]): Promise<void> {
    const { host, store } = this.#parts
    await this.#checkTables(names)
    // Written down first: should the process die in between, the next start takes them back.
    await store.attemptMigrations(this.#record.id, names)
    try {
      const applied = await migrateUp(host.database, this.#plugin.manifest.id, this.#migrations)
      this.#applied = applied.map(({ name }) => name)
    } catch (error) {
      if (error instanceof MigrationError) {
        this.#applied = [...error.applied.map(({ name }) => name), error.migration]
      }
      throw this.#code.translate(error)
    }
  }

  /** Before any of them runs: a plugin creates tables of its own name only. */
  async #checkTables(names: readonly string[]): Promise<void> {
    const prefix = tablePrefix(this.#plugin.manifest.id)
    for (const migration of this.#migrations) {
      if (!names.includes(migration.name)) continue
      // One that cannot be tried dry decides by rows it finds; it will show when it runs.
      const statements = await dryRun(migration).catch(() => [])
      const foreign = createdTables(statements).filter((table) => !table.startsWith(prefix))
      if (foreign.length > 0) {
        throw new Error(
          `${migration.name} creates ${foreign.join(', ')}, which does not begin with ${prefix}.`,
        )
      }
    }
  }

  async #start(number: number): Promise<Generation> {
    this.#generation = await startGeneration(this.#parts.host, {
      plugin: this.#plugin,
      code: this.#code,
      number,
      timeoutMs: this.#parts.deadlines.startMs,
    })
    return this.#generation
  }

  /** Gives back what the attempt acquired and takes back its migrations, last first. */
  async undo(): Promise<void> {
    const generation = this.#generation
    if (generation) await generation.scope.dispose(this.#parts.deadlines.drainMs)
    if (this.#applied.length === 0) return
    await this.#record.step('undo', async (detail) => {
      const mine = this.#migrations.filter(({ name }) => this.#applied.includes(name))
      const undone = await migrateDown(this.#parts.host.database, this.#plugin.manifest.id, mine)
      detail(undone.map(({ name }) => name).join(', '))
    })
  }
}

export function tablePrefix(pluginId: string): string {
  return `${pluginId.replaceAll('-', '_')}_`
}
