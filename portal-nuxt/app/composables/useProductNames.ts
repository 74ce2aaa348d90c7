/** What the products call themselves; the platform itself for the rest. */
export function useProductNames(): (owner: string) => string {
  const { $pluginHost } = useNuxtApp()
  const { t } = useI18n()
  return (owner) =>
    $pluginHost.active.get(owner)?.plugin.name ?? (owner === 'platform' ? t('activity.platform') : owner)
}
