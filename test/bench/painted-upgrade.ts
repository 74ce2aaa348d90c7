import type { Api } from '../../kernel/contract/index.ts'
import { packFolder } from '../../kernel/plugins/index.ts'
import { allowUnsigned, enablePlugin, isolatePlugin, uploadPackage } from '../../kernel/plugins/routes.ts'
import {
  fixturePlugins,
  manifestSource,
  migrationSource,
  serverSource,
} from '../../kernel/plugins/test/fixture.ts'

const pluginId = 'sample'
const versionOf = (edition: number): string => `1.0.${edition}`

/** Of the plugin's card on the dashboard, which says what edition it is. */
export const editionCard = (edition: number): string => `[data-edition="${edition}"]`

export const upgradeTo = (edition: number) => ({ pluginId, version: versionOf(edition), approveGrants: true })

// The later `ui` counts: the fixture's page, and a card.
const ui = `ui: { portal: {
  pages: [{ id: 'home', path: '/sample', title: 'pages.home', component: 'SampleHomePage' }],
  slots: [{ slot: 'portal.dashboard@1', id: 'card', component: 'SampleCard', order: 900 }],
} },`

/** Installs packages of a plugin, edition after edition: its server answers it, its card shows it, a table comes with it. */
export async function installEditions(api: Api, count: number): Promise<void> {
  const plugins = await fixturePlugins()
  const tables: Record<string, string> = {}
  try {
    for (let edition = 0; edition < count; edition++) {
      tables[`migrations/${String(edition + 2).padStart(4, '0')}-more.ts`] = migrationSource(
        `sample_${edition}`,
      )
      const folder = await plugins.write(pluginId, {
        ...tables,
        'plugin.ts': manifestSource(pluginId, { version: versionOf(edition), extra: ui }),
        'server/server.ts': serverSource(edition),
        'portal/SampleCard.vue': `<template><p class="p-4" data-edition="${edition}">Edition ${edition}</p></template>`,
      })
      const { bytes, digest } = await packFolder(folder)
      await api(allowUnsigned, { digest })
      await api(uploadPackage, {}, { body: new Uint8Array(bytes) })
    }
  } finally {
    await plugins.dispose()
  }
}

/** Enables the first edition. Packages run in a process of their own; this one runs as the platform's plugins do. */
export async function enableFirstEdition(api: Api): Promise<void> {
  const { state, reason } = await api(enablePlugin, upgradeTo(0))
  if (state !== 'done') throw new Error(`The first edition could not be enabled: ${reason}`)
  await api(isolatePlugin, { pluginId, tier: 'inline' })
}
