import { showProfile } from '@cambium/kernel/identity/routes'

/** Who has chosen a language is spoken to in it on every device: it goes before what this browser was in. */
export default defineNuxtPlugin({
  name: 'cambium:own-language',
  dependsOn: ['cambium:session', 'cambium:language'],
  setup(nuxtApp) {
    const session = useSessionState()
    const { $api, $i18n } = nuxtApp
    async function speak(): Promise<void> {
      const profile = await $api(showProfile, {}).catch(() => undefined)
      const language = $i18n.localeCodes.value.find((code) => code === profile?.language)
      if (language) await $i18n.setLocale(language)
    }
    nuxtApp.hook('app:mounted', () => {
      watch(
        () => session.value?.user?.id,
        (userId) => {
          if (userId) void nuxtApp.runWithContext(speak)
        },
        { immediate: true },
      )
    })
  },
})
