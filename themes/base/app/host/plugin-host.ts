import { computed, ref, shallowReactive, type ComputedRef, type Ref } from 'vue'
import type { UiManifest, UiPlugin } from '@cambium/kernel/ui-manifest'
import { createGeneration, type Generation, type GenerationLoader } from './generation.ts'

type Page = UiPlugin['pages'][number]
type Slot = UiPlugin['slots'][number]
type Navigation = UiPlugin['navigation'][number]

export interface HostPage {
  readonly plugin: UiPlugin
  readonly page: Page
}

export interface HostSlot {
  readonly generation: Generation
  readonly slot: Slot
}

export interface HostNavigation extends HostPage {
  readonly navigation: Navigation
}

export interface HostFailure {
  readonly plugin: UiPlugin
  /** Page or slot id, or `load` when the module itself failed. */
  readonly contribution: string
  readonly error: unknown
}

/** What the host needs of the app around it; tests give their own. */
export interface HostEnvironment extends GenerationLoader {
  /** Resolves when the sheet is in the page; the sheet before it is removed then. */
  loadStylesheet(href: string): Promise<void>
  /** In the turn of the commit: the plugin's routes are added or brought up to date. */
  onActivated(plugin: UiPlugin, previous: UiPlugin | undefined): void
  onRemoved(plugin: UiPlugin): void
  report(failure: HostFailure): void
}

export interface PluginHost {
  /** False until the first manifest: an unknown address may still become a page. */
  readonly isReady: Ref<boolean>
  readonly active: ReadonlyMap<string, Generation>
  readonly pages: ComputedRef<readonly HostPage[]>
  readonly navigation: ComputedRef<readonly HostNavigation[]>
  slots(name: string): readonly HostSlot[]
  /** Brings the tab to `manifest`. Serial; of several waiting ones only the newest is applied. */
  apply(manifest: UiManifest): Promise<void>
  /** Says that a slot or page is on screen, so that a new generation is fetched before the old one leaves. */
  show(place: string): () => void
  report(failure: HostFailure): void
}

const stageDeadlineMs = 15_000

export function slotPlace(name: string): string {
  return `slot ${name}`
}

export function pagePlace(pluginId: string, pageId: string): string {
  return `page ${pluginId} ${pageId}`
}

/** Of what was fetched and what was pushed, members come in different orders. */
function contentOf(plugin: UiPlugin): string {
  return JSON.stringify(plugin, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  )
}

async function withDeadline(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The pages did not load in time.')), stageDeadlineMs)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

export function createPluginHost(environment: HostEnvironment): PluginHost {
  const active = shallowReactive(new Map<string, Generation>())
  const isReady = ref(false)
  const shown = new Map<string, number>()
  let stylesheet: string | null = null
  let wanted: UiManifest | undefined
  let running: Promise<void> | undefined

  /** Components of `plugin` that would be on screen the moment it is committed. */
  function visibleComponents(plugin: UiPlugin): string[] {
    return [
      ...plugin.slots.filter(({ slot }) => shown.has(slotPlace(slot))).map(({ component }) => component),
      ...plugin.pages
        .filter(({ id }) => shown.has(pagePlace(plugin.id, id)))
        .map(({ component }) => component),
    ]
  }

  /** Fetches what must not be missing at the switch. A plugin that fails keeps its old generation, or stays away. */
  async function stage(plugin: UiPlugin): Promise<Generation | undefined> {
    const current = active.get(plugin.id)
    if (current && contentOf(current.plugin) === contentOf(plugin)) return current
    const generation = createGeneration(plugin, environment)
    try {
      await withDeadline(Promise.all(visibleComponents(plugin).map((name) => generation.load(name))))
      return generation
    } catch (error) {
      environment.report({ plugin, contribution: 'load', error })
      return current
    }
  }

  function commit(staged: readonly Generation[]): void {
    const kept = new Set(staged.map(({ plugin }) => plugin.id))
    for (const [id, { plugin }] of [...active]) {
      if (kept.has(id)) continue
      active.delete(id)
      environment.onRemoved(plugin)
    }
    for (const generation of staged) {
      const previous = active.get(generation.plugin.id)
      if (previous === generation) continue
      active.set(generation.plugin.id, generation)
      environment.onActivated(generation.plugin, previous?.plugin)
    }
    isReady.value = true
  }

  async function run(): Promise<void> {
    while (wanted) {
      const manifest = wanted
      wanted = undefined
      const [staged] = await Promise.all([
        Promise.all(manifest.plugins.map(stage)),
        manifest.stylesheet !== null && manifest.stylesheet !== stylesheet
          ? environment.loadStylesheet(manifest.stylesheet)
          : undefined,
      ])
      stylesheet = manifest.stylesheet
      // A newer manifest came meanwhile: what was fetched stays in the module cache, nothing half-way is shown.
      if (!wanted) commit(staged.filter((generation) => generation !== undefined))
    }
  }

  const pages = computed(() =>
    [...active.values()].flatMap(({ plugin }) => plugin.pages.map((page) => ({ plugin, page }))),
  )
  const navigation = computed(() =>
    [...active.values()]
      .flatMap(({ plugin }) =>
        plugin.navigation.flatMap((entry) => {
          const page = plugin.pages.find(({ id }) => id === entry.page)
          return page ? [{ plugin, page, navigation: entry }] : []
        }),
      )
      .sort((left, right) => left.navigation.order - right.navigation.order),
  )

  return {
    isReady,
    active,
    pages,
    navigation,
    slots: (name) =>
      [...active.values()]
        .flatMap((generation) =>
          generation.plugin.slots.filter(({ slot }) => slot === name).map((slot) => ({ generation, slot })),
        )
        .sort((left, right) => left.slot.order - right.slot.order),
    apply(manifest) {
      wanted = manifest
      running ??= run().finally(() => {
        running = undefined
      })
      return running
    },
    show(place) {
      shown.set(place, (shown.get(place) ?? 0) + 1)
      return () => {
        const count = (shown.get(place) ?? 1) - 1
        if (count > 0) shown.set(place, count)
        else shown.delete(place)
      }
    },
    report: (failure) => environment.report(failure),
  }
}
