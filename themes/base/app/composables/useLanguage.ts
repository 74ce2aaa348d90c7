import { changeProfile } from '@cambium/kernel/identity/routes'
import type { ComputedRef } from 'vue'

export interface Language {
  readonly code: string
  /** As who speaks it calls it. */
  readonly name: string
}

/** The languages there are, and the one this page is in. Choosing one changes the open page at once, and the user's profile. */
export function useLanguage(): {
  readonly languages: ComputedRef<readonly Language[]>
  readonly current: ComputedRef<string>
  choose(code: string): Promise<void>
} {
  const { locale, locales, setLocale } = useI18n()
  const { isSignedIn } = useSession()
  const api = useApi()
  return {
    languages: computed(() => locales.value.map(({ code, name = code }) => ({ code, name }))),
    current: computed(() => locale.value),
    async choose(code) {
      await setLocale(code as Parameters<typeof setLocale>[0])
      // The page is in it already; when the profile cannot be reached, this browser remembers it alone.
      if (isSignedIn.value) await api(changeProfile, { language: code }).catch(() => undefined)
    },
  }
}
