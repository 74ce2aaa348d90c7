import type { ComputedRef } from 'vue'

export interface Shortcut {
  readonly keys: readonly string[]
  readonly label: string
}

export function useHelpState() {
  return useState('cambium:help', () => false)
}

/** Shortcuts of what is on screen, by who announced them. */
const announced = shallowReactive(new Map<symbol, () => readonly Shortcut[]>())

/** Puts the shortcuts of a page into its help while it is on screen. */
export function usePageShortcuts(shortcuts: () => readonly Shortcut[]): void {
  if (import.meta.server) return
  const owner = Symbol('shortcuts')
  onMounted(() => announced.set(owner, shortcuts))
  onScopeDispose(() => announced.delete(owner))
}

/** What the page that is open says about itself: a key of the shell's locale, or of the plugin's whose page it is. */
export function useHelp(): {
  readonly markdown: ComputedRef<string | null>
  readonly shortcuts: ComputedRef<readonly Shortcut[]>
} {
  const route = useRoute()
  const { t, te } = useI18n()
  const { $pluginHost } = useNuxtApp()

  function pluginKey(): string | undefined {
    const { pluginPage } = route.meta as { pluginPage?: { pluginId: string; pageId: string } }
    const plugin = pluginPage && $pluginHost.active.get(pluginPage.pluginId)?.plugin
    const help = plugin?.pages.find(({ id }) => id === pluginPage?.pageId)?.help
    return plugin && help ? `${plugin.id}.${help}` : undefined
  }
  return {
    markdown: computed(() => {
      // The innermost page speaks: a tab of the settings about itself.
      const own = route.matched.toReversed().find(({ meta }) => meta.help)?.meta.help as string | undefined
      const key = pluginKey() ?? own
      return key !== undefined && te(key) ? t(key) : null
    }),
    shortcuts: computed(() => [...announced.values()].flatMap((shortcuts) => shortcuts())),
  }
}
