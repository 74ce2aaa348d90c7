import type { Locale, Messages } from '@nuxt/ui'
import { createTexts, type Overrides } from '../host/texts.ts'

/** Words of the UI kit itself (close, next page) in the languages we speak; English is part of the kit. */
const kitWords: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  de: () => import('@nuxt/ui/runtime/locale/de.js'),
  es: () => import('@nuxt/ui/runtime/locale/es.js'),
  'zh-CN': () => import('@nuxt/ui/runtime/locale/zh_cn.js'),
  ar: () => import('@nuxt/ui/runtime/locale/ar.js'),
}

/** How long a page waits for what operators say otherwise, before it is drawn as shipped. */
const patienceMs = 1_500

/**
 * The language a page is in: the user's own choice, else that of the cookie, else what the browser asks for. Whatever
 * a language is made of is there before the page speaks it, so that nothing is seen half in one and half in another.
 */
export default defineNuxtPlugin({
  name: 'cambium:language',
  dependsOn: ['cambium:api'],
  async setup(nuxtApp) {
    const { app } = useRuntimeConfig().public
    const { $i18n } = nuxtApp
    const texts = createTexts($i18n as unknown as Parameters<typeof createTexts>[0], app)
    const words = shallowReactive<Record<string, Locale<Messages>>>({})
    /** By locale; of the page's own language, the server sends it along. */
    const overrides = useState<Record<string, Overrides>>('cambium:overrides', () => ({}))

    async function readOverrides(locale: string): Promise<void> {
      if (import.meta.server) {
        const known = useRequestEvent()?.context.translations?.[locale]
        if (known) overrides.value = { [locale]: known }
      } else if (!overrides.value[locale]) {
        const answer = await $fetch<{ overrides: Overrides }>(`/api/translations/overrides/${locale}`, {
          baseURL: '/',
          timeout: patienceMs,
        }).catch(() => undefined)
        if (answer) overrides.value = { ...overrides.value, [locale]: answer.overrides }
      }
      texts.override(locale, overrides.value[locale] ?? {})
    }
    async function readWords(locale: string): Promise<void> {
      if (words[locale] || !kitWords[locale]) return
      const file = await kitWords[locale]().catch(() => undefined)
      if (file) words[locale] = file.default as Locale<Messages>
    }
    const prepare = (locale: string): Promise<unknown> =>
      nuxtApp.runWithContext(() => Promise.all([readWords(locale), readOverrides(locale)]))

    await prepare($i18n.locale.value)
    nuxtApp.hook('i18n:beforeLocaleSwitch', async ({ newLocale, initialSetup }) => {
      if (initialSetup) return
      await $i18n.loadLocaleMessages(newLocale)
      await prepare(newLocale)
    })
    nuxtApp.hook('app:mounted', () => {
      let leave = (): void => undefined
      watch(
        $i18n.locale,
        (locale) => {
          leave()
          const follow = (data: unknown): void => {
            const { overrides: next } = data as { overrides: Overrides }
            texts.override(locale, next)
          }
          const { stop } = nuxtApp.$channels.subscribe(`translations.overrides:${locale}`, {
            onSnapshot: (data) => data && follow(data),
            onMessage: follow,
          })
          leave = stop
        },
        { immediate: true },
      )
    })
    return { provide: { texts, kitWords: words } }
  },
})
