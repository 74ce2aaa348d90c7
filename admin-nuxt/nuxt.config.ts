export default defineNuxtConfig({
  extends: ['@cambium/theme-base'],
  ssr: false,
  app: { baseURL: '/admin/', rootId: 'cambium' },
  // Files only: the kernel's front door serves them, there is no second server to run.
  nitro: { static: true },
  runtimeConfig: { public: { app: 'admin' } },
})
