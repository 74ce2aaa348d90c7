import { listLegal, type LegalTitle } from '@cambium/kernel/legal/routes'
import type { ComputedRef, Ref } from 'vue'

export function useLegalState(): Ref<readonly LegalTitle[] | null> {
  return useState('portal:legal', () => null)
}

export interface LegalLink {
  readonly document: string
  readonly version: number
  readonly asksAcceptance: boolean
  readonly title: string
  readonly to: string
}

/** The documents in force, by their titles in the reader's language. */
export function useLegalLinks(): {
  readonly links: ComputedRef<readonly LegalLink[]>
  refresh(): Promise<void>
} {
  const state = useLegalState()
  const { locale } = useI18n()
  const api = useApi()
  return {
    links: computed(() => (state.value ?? []).map((one) => linkOf(one, locale.value))),
    async refresh() {
      state.value = (await api(listLegal, {})).items
    },
  }
}

function linkOf({ document, version, asksAcceptance, titles }: LegalTitle, locale: string): LegalLink {
  const title = titles[locale] ?? titles.en ?? document
  return { document, version, asksAcceptance, title, to: `/legal/${document}` }
}
