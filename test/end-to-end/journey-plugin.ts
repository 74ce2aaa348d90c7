import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { packFolder } from '../../kernel/plugins/index.ts'
import { allowUnsigned, enablePlugin, isolatePlugin, uploadPackage } from '../../kernel/plugins/routes.ts'
import { fixturePlugins, manifestSource } from '../../kernel/plugins/test/fixture.ts'

const pluginId = 'journey'

const ui = `ui: { portal: {
  pages: [
    { id: 'home', path: '/journey', title: 'pages.home', component: 'JourneyHomePage' },
    { id: 'throwing', path: '/journey/throwing', title: 'pages.home', component: 'JourneyThrowingPage' },
    { id: 'endless', path: '/journey/endless', title: 'pages.home', component: 'JourneyEndlessPage' },
    { id: 'unready', path: '/journey/unready', title: 'pages.home', component: 'JourneyUnreadyPage' },
  ],
  slots: [
    { slot: 'portal.landing.markets@1', id: 'throwing', component: 'JourneyThrowingCard', order: 1 },
    { slot: 'portal.landing.markets@1', id: 'slow', component: 'JourneySlowCard', order: 2 },
  ],
} },`

/** Answers at once; asked for something slow, only when somebody says `go`. */
const server = `
  import { implement, type StartPlugin } from '@cambium/kernel'
  import { ping, write } from '../routes/pings.ts'
  export const start: StartPlugin = async ({ generation }) => {
    const { promise, resolve } = Promise.withResolvers()
    return { implementations: [
      implement(ping, async ({ params }) => {
        if (params.note === 'slow') await promise
        if (params.note === 'go') resolve()
        return { version: 1, generation }
      }),
      implement(write, async () => ({ id: 1 })),
    ] }
  }`

/** Keeps one text in a store of its own and one in the platform's keeping. */
const homePage = (edition: number, script = ''): string => `<script setup lang="ts">
  import { usePluginState } from '@cambium/ui'
  import { defineStore } from 'pinia'
  import { ref } from 'vue'
  const store = defineStore('${pluginId}/draft', () => ({ text: ref('') }))()
  const note = usePluginState('note', () => '')
  ${script}
</script>
<template>
  <div class="p-6">
    <h1 data-edition="${edition}">Edition ${edition}</h1>
    <label>Draft <input v-model="store.text" /></label>
    <label>Note <input v-model="note" /></label>
  </div>
</template>`

const faultyParts = {
  // The server has nothing against it: what is wrong shows in the browser, or with data in hand.
  'portal/JourneyThrowingPage.vue': `<script setup>if (import.meta.client) throw new Error('thrown by a page')</script>
    <template><p>never shown</p></template>`,
  'portal/JourneyThrowingCard.vue': `<script setup>if (import.meta.client) throw new Error('thrown by a card')</script>
    <template><p>never shown</p></template>`,
  'portal/JourneyEndlessPage.vue': `<script setup>if (import.meta.client) await new Promise(() => {})</script>
    <template><p>rendered on the server</p></template>`,
  'portal/JourneyUnreadyPage.vue': `<script setup>
      import { useApi, useLoaded } from '@cambium/ui'
      import { ping } from '../routes/pings.ts'
      const api = useApi()
      const { data } = useLoaded('ping', () => api(ping, {}))
    </script>
    <template><p>{{ data ? data.version.of.nothing : 'no data' }}</p></template>`,
  'portal/JourneySlowCard.vue': `<script setup>
      import { useApi } from '@cambium/ui'
      import { ping } from '../routes/pings.ts'
      const answer = await useApi()(ping, { note: 'slow' })
    </script>
    <template><p>Slow card {{ answer?.version }}</p></template>`,
}

/** Versions of the plugin `journey`, each with its edition of the home page; `script` is added to its setup. */
export async function installJourney(
  releases: readonly { readonly version: string; readonly edition: number; readonly script?: string }[],
): Promise<void> {
  const plugins = await fixturePlugins()
  const api = operatorApi()
  try {
    for (const { version, edition, script } of releases) {
      const folder = await plugins.write(pluginId, {
        ...faultyParts,
        'plugin.ts': manifestSource(pluginId, { version, extra: ui }),
        'server/server.ts': server,
        'portal/JourneyHomePage.vue': homePage(edition, script),
      })
      const { bytes, digest } = await packFolder(folder)
      await api(allowUnsigned, { digest })
      await api(uploadPackage, {}, { body: new Uint8Array(bytes) })
    }
  } finally {
    await plugins.dispose()
  }
}

/** Enables a version; packages run in a process of their own, this one as the platform's plugins do. */
export async function enableJourney(version: string): Promise<void> {
  const api = operatorApi()
  const { state, reason } = await api(enablePlugin, { pluginId, version, approveGrants: true })
  if (state !== 'done') throw new Error(`It could not be enabled: ${reason}`)
  await api(isolatePlugin, { pluginId, tier: 'inline' })
}
