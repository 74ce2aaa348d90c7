/** A plugin's own strings: `t('orders.empty')` reads `orders.empty` of its `locales`. */
export function useMessages(pluginId: string): {
  t: (key: string, values?: Record<string, unknown>, plural?: number) => string
} {
  const { t } = useI18n()
  return {
    t: (key, values = {}, plural) =>
      plural === undefined ? t(`${pluginId}.${key}`, values) : t(`${pluginId}.${key}`, values, plural),
  }
}
