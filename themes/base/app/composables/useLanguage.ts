import type { ComputedRef } from 'vue'

export interface Language {
  readonly code: string
  /** As who speaks it calls it. */
  readonly name: string
}

/** The languages there are, and the one this page is in. Choosing one changes the open page at once. */
export function useLanguage(): {
  readonly languages: ComputedRef<readonly Language[]>
  readonly current: ComputedRef<string>
  choose(code: string): Promise<void>
} {
  const { locale, locales, setLocale } = useI18n()
  return {
    languages: computed(() => locales.value.map(({ code, name = code }) => ({ code, name }))),
    current: computed(() => locale.value),
    choose: (code) => setLocale(code as Parameters<typeof setLocale>[0]),
  }
}
