import { MigrationError, migrateDown, migrateUp, unknownMigrations } from '../database/index.ts'
import type { Migration } from '../database/index.ts'
import type { ReadPlugin } from './catalogue.ts'
import { inspectMigration } from './dry-run.ts'
import type { PluginHost } from './host.ts'
import { migrationProblems } from './migration-tables.ts'
import { sentence } from './operation-record.ts'
import type { OwedMigrations } from './operation-rows.ts'

/** A release's migrations, ready to run; `end` gives back what running them needs. */
export interface LoadedMigrations {
  readonly migrations: readonly Migration[]
  end(): Promise<void>
}

/** The tables' part of one attempt: what runs before the flip, what after it, and how the first is taken back. */
export interface SchemaChange {
  /** Answers the names of what it did. `owe` is told before anything changes what a crash has to take back. */
  before(owe: (owed: OwedMigrations) => Promise<void>): Promise<readonly string[]>
  /** `before` did something that `undo` has to take back. */
  readonly hasChanged: boolean
  /** After a failure before the flip: as it was. */
  undo(): Promise<readonly string[]>
  /** What a crash after the flip has to take back. */
  readonly owedAfterFlip: OwedMigrations | undefined
  readonly isOwedAfterwards: boolean
  /** When nobody serves any more on the release before. */
  after(): Promise<readonly string[]>
  end(): Promise<void>
}

const isContract = ({ phase }: Migration): boolean => phase === 'contract'
const namesOf = (migrations: readonly { readonly name: string }[]): readonly string[] =>
  migrations.map(({ name }) => name)

interface ForwardOptions {
  readonly host: PluginHost
  readonly plugin: ReadPlugin
  readonly loaded: LoadedMigrations
  /** Another release serves, or served until the platform stopped: what removes or narrows waits until it is gone. */
  readonly isPhased: boolean
  /** The database may hold steps of a later version that a rollback could not take back. */
  readonly toleratesUnknown: boolean
}

/** Towards the release's own tables. */
export class ForwardChange implements SchemaChange {
  readonly #options: ForwardOptions
  readonly owedAfterFlip = undefined
  #applied: readonly string[] = []
  #later: readonly Migration[] = []

  constructor(options: ForwardOptions) {
    this.#options = options
  }

  get #id(): string {
    return this.#options.plugin.manifest.id
  }

  get hasChanged(): boolean {
    return this.#applied.length > 0
  }

  get isOwedAfterwards(): boolean {
    return this.#later.length > 0
  }

  async before(owe: (owed: OwedMigrations) => Promise<void>): Promise<readonly string[]> {
    const { host, plugin, loaded, isPhased, toleratesUnknown } = this.#options
    const { migrations } = loaded
    const unknown = await unknownMigrations(host.database, this.#id, migrations)
    if (unknown.length > 0 && !toleratesUnknown)
      throw new Error(`The database was changed by a newer version: ${unknown.join(', ')}.`)
    const pending = namesOf(await migrateUp(host.database, this.#id, migrations, { dryRun: true }))
    const all = migrations.filter(({ name }) => pending.includes(name))
    await this.#checkTables(all)
    this.#later = isPhased ? all.filter(isContract) : []
    const now = all.filter((migration) => !this.#later.includes(migration))
    if (now.length === 0) return []
    await owe({ version: plugin.manifest.version, names: namesOf(now) })
    try {
      this.#applied = namesOf(await migrateUp(host.database, this.#id, now))
    } catch (error) {
      if (error instanceof MigrationError) this.#applied = [...namesOf(error.applied), error.migration]
      throw error
    }
    return this.#applied
  }

  async undo(): Promise<readonly string[]> {
    const mine = this.#options.loaded.migrations.filter(({ name }) => this.#applied.includes(name))
    return namesOf(await migrateDown(this.#options.host.database, this.#id, mine))
  }

  /** One that fails is taken back, and tried again at the next start: the release serves without it as well. */
  async after(): Promise<readonly string[]> {
    const { database } = this.#options.host
    try {
      return namesOf(await migrateUp(database, this.#id, this.#later))
    } catch (error) {
      if (error instanceof MigrationError) {
        const half = this.#later.filter(({ name }) => name === error.migration)
        await migrateDown(database, this.#id, half).catch((failure: unknown) => {
          throw new Error(`${error.message} It could not be taken back: ${sentence(failure)}`, {
            cause: error,
          })
        })
      }
      throw error
    }
  }

  end(): Promise<void> {
    return this.#options.loaded.end()
  }

  /** Before any of them runs: a plugin's migrations are about tables of its own name. */
  async #checkTables(migrations: readonly Migration[]): Promise<void> {
    const inspected = await Promise.all(migrations.map(inspectMigration))
    const problems = migrationProblems(this.#options.plugin.manifest, inspected)
    if (problems.length > 0) throw new Error(problems.join(' '))
  }
}

interface BackwardOptions {
  readonly host: PluginHost
  readonly pluginId: string
  /** The release that is left, and the one that is gone back to. */
  readonly leaving: { readonly version: string; readonly loaded: LoadedMigrations }
  readonly target: LoadedMigrations
}

/** Back from a release's tables: first what it removed is there again, and what it added goes when it is gone itself. */
export class BackwardChange implements SchemaChange {
  readonly #options: BackwardOptions
  readonly #own: readonly Migration[]
  #widened: readonly Migration[] = []

  constructor(options: BackwardOptions) {
    this.#options = options
    const kept = new Set(namesOf(options.target.migrations))
    this.#own = options.leaving.loaded.migrations.filter(({ name }) => !kept.has(name))
  }

  get owedAfterFlip(): OwedMigrations {
    const { version } = this.#options.leaving
    return { version, names: namesOf(this.#own.filter((migration) => !isContract(migration))) }
  }

  get isOwedAfterwards(): boolean {
    return this.owedAfterFlip.names.length > 0
  }

  get hasChanged(): boolean {
    return this.#widened.length > 0
  }

  async before(): Promise<readonly string[]> {
    const { host, pluginId } = this.#options
    this.#widened = this.#own.filter(isContract)
    return namesOf(await migrateDown(host.database, pluginId, this.#widened))
  }

  async undo(): Promise<readonly string[]> {
    const { host, pluginId } = this.#options
    return namesOf(await migrateUp(host.database, pluginId, this.#widened))
  }

  async after(): Promise<readonly string[]> {
    const { host, pluginId } = this.#options
    const expanded = this.#own.filter((migration) => !isContract(migration))
    return namesOf(await migrateDown(host.database, pluginId, expanded))
  }

  async end(): Promise<void> {
    await this.#options.leaving.loaded.end()
    await this.#options.target.end()
  }
}
