import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import type { UiPlugin } from '@cambium/kernel/ui-manifest'

export function pageRouteName(pluginId: string, pageId: string): string {
  return `${pluginId}-${pageId}`
}

/**
 * The route of a plugin's page. It leads to a component of the host, which looks up what to show: replacing or disabling
 * the plugin never touches the address. The key keeps one page instance while its parameters change.
 */
export function pageRoute(
  plugin: UiPlugin,
  page: UiPlugin['pages'][number],
  { component, layouts }: { component: Component; layouts: Readonly<Record<string, unknown>> },
): RouteRecordRaw {
  const name = pageRouteName(plugin.id, page.id)
  return {
    name,
    path: page.path,
    component,
    props: { pluginId: plugin.id, pageId: page.id },
    meta: {
      key: name,
      layout: page.layout === 'wide' && 'wide' in layouts ? 'wide' : 'default',
      pluginPage: { pluginId: plugin.id, pageId: page.id },
    },
  }
}
