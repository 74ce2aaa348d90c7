import type { Component } from 'vue'

export type Messages = { readonly [key: string]: string | Messages }

/** What the generated entry of a plugin's pages exports; see `kernel/plugins/README.md`. */
export interface PluginModule {
  readonly components: Readonly<Record<string, () => Promise<{ readonly default: Component }>>>
  /** By locale, each filled up from English. */
  readonly locales: Readonly<Record<string, () => Promise<{ readonly default: Messages }>>>
}

/** Unfolds `{ 'pages.trade.title': … }` into nested objects, the only form in which the i18n library finds them. */
export function nestMessages(messages: Messages): Messages {
  const nested: Record<string, Messages | string> = {}
  for (const [path, value] of Object.entries(messages)) {
    const keys = path.split('.')
    const last = keys.pop() ?? path
    let place = nested
    for (const key of keys) {
      const next = typeof place[key] === 'object' ? { ...place[key] } : {}
      place[key] = next
      place = next
    }
    const before = place[last]
    place[last] =
      typeof value === 'string'
        ? value
        : { ...(typeof before === 'object' ? before : {}), ...nestMessages(value) }
  }
  return nested
}
