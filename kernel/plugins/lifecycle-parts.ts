import type { Approvals } from './approvals.ts'
import type { Catalogue, ReadPlugin } from './catalogue.ts'
import type { PluginCode } from './evaluation.ts'
import type { Generation, GenerationRequest } from './generation.ts'
import type { Health } from './health/index.ts'
import type { PluginHost } from './host.ts'
import type { OperationRecord } from './operation-record.ts'
import type { OperatorLock } from './operator-lock.ts'
import type { PackageSource } from './package-source.ts'
import type { PageBuilder } from './pages/page-builder.ts'
import type { PageGate } from './pages/page-gate.ts'
import type { PluginStore } from './plugin-store.ts'
import type { Tier } from './plugin-tier.ts'
import type { OtherNodes } from './nodes/other-nodes.ts'
import type { Operation, OperationStep } from './routes.ts'
import type { LoadedMigrations } from './schema-change.ts'
import type { Screenshots } from './screenshots.ts'
import type { Serving } from './serving.ts'
import type { Switches } from './switches.ts'
import type { UiManifests } from './ui-manifests.ts'
import type { Surroundings } from './verification.ts'
import type { Watchdog } from './watchdog.ts'

/** Time limits; a test makes them short. */
export interface Deadlines {
  readonly startMs: number
  readonly probeMs: number
  /** Of one page or slot that is rendered before it is shown, the start of the portal included. */
  readonly renderMs: number
  readonly drainMs: number
  /** How long the other nodes may take to prepare a release; who is later leaves the pool. */
  readonly stageMs: number
}

export const defaultDeadlines: Deadlines = {
  startMs: 30_000,
  probeMs: 10_000,
  renderMs: 20_000,
  drainMs: 10_000,
  stageMs: 45_000,
}

export type StartGeneration = (host: PluginHost, request: GenerationRequest) => Promise<Generation>

/** What every change to a plugin works with. */
export interface LifecycleParts {
  readonly host: PluginHost
  readonly store: PluginStore
  readonly approvals: Approvals
  readonly switches: Switches
  readonly catalogue: Catalogue
  readonly packages: PackageSource
  readonly serving: Serving
  readonly watchdog: Watchdog
  readonly health: Health
  readonly pageBuilder: PageBuilder
  readonly pageGate: PageGate
  readonly uiManifests: UiManifests
  readonly deadlines: Deadlines
  readonly kernel: Omit<Surroundings, 'others'>
  readonly runners: Readonly<Record<Tier, StartGeneration>>
  readonly loadMigrations: (
    plugin: ReadPlugin,
    tier: Tier,
    code: PluginCode | undefined,
  ) => Promise<LoadedMigrations>
  readonly screenshots: Screenshots
  /** One change at a time, over all nodes. */
  readonly lock: OperatorLock
  readonly otherNodes: OtherNodes
  readonly dataDirectory: string
}

export type StepName = OperationStep['name']

/** Begins the record of an operation; who follows the plugin's operations hears of every change to it. */
export type NewRecord = (
  action: Operation['action'],
  pluginId: string,
  steps: readonly StepName[],
) => OperationRecord
