import type { Ref } from 'vue'

/** A plugin's own strings: `t('orders.empty')` reads `orders.empty` of its `locales`. */
export function useMessages(pluginId: string): {
  t: (key: string, values?: Record<string, unknown>, plural?: number) => string
  /** For `Intl`: the language the page is in, the same on the server and in the browser. */
  readonly locale: Readonly<Ref<string>>
} {
  const { t, locale } = useI18n()
  return {
    t: (key, values = {}, plural) =>
      plural === undefined ? t(`${pluginId}.${key}`, values) : t(`${pluginId}.${key}`, values, plural),
    locale,
  }
}
