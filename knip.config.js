/** What pages import: knip follows script blocks, Nuxt itself finds components and composables. */
const scriptsOf = (text) =>
  [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map((match) => match[1]).join('\n')

/** Nuxt loads these by name from nuxt.config.ts, or by the folder they are in. */
const nuxtEntries = ['nuxt.config.ts', '{app,modules,server,build}/**/*.{ts,vue}', 'test/**/*.test.ts']
const nuxtDependencies = ['@cambium/theme-base', '@iconify-json/lucide', '@nuxt/icon', 'nuxt', 'typebox']

export default {
  compilers: { vue: scriptsOf, css: () => '' },
  // npm installs into one folder for all workspaces; which manifest names a package is the tidy tests' matter.
  exclude: ['unlisted', 'unresolved', 'duplicates', 'binaries'],
  ignoreExportsUsedInFile: true,
  workspaces: {
    '.': {
      entry: ['test/**/*.ts', 'migrations/*.ts', 'moleculer.config.ts', '*.config.js'],
      project: ['{test,migrations}/**/*.ts', '*.{js,ts}'],
      // Run by path from kernel/setup/check.ts and by Nuxt.
      ignoreDependencies: ['node', 'prettier', 'vue-tsc'],
    },
    kernel: {
      entry: [
        'main.ts',
        'setup/{main.mjs,tasks.ts}',
        'plugins/pages/prepare-pages.ts',
        // Published, and run where a plugin is written.
        'authoring/{cambium-plugin,checkout-testing}.ts',
        // Bundled by path to the program of a runner.
        'plugins/isolation/runner/{main,remote-database}.ts',
        'testing/{services,services-keeper}.ts',
        // A plugin of its own, copied by its files.
        'scaffold/notebook/{plugin.ts,server/server.ts,routes/*.ts,migrations/*.ts,{admin,portal}/*.vue}',
        '*/{index,routes}.ts',
        '**/test/**/*.ts',
        '**/*.bench.ts',
      ],
      project: ['**/*.{ts,mjs,vue}'],
    },
    engine: {
      entry: ['{main,simulate}.ts', '**/test/**/*.ts', '**/*.bench.ts', 'bench/*-process.ts'],
      project: ['**/*.ts'],
    },
    'plugins/*': {
      entry: [
        'plugin.ts',
        'server/server.ts',
        'routes/*.ts',
        'migrations/*.ts',
        '{admin,portal}/**/*.vue',
        'test/**/*.ts',
      ],
      project: ['**/*.{ts,vue}'],
    },
    'themes/*': {
      entry: nuxtEntries,
      project: ['**/*.{ts,vue}'],
      // A theme names the packages of its fonts in theme.json.
      ignoreDependencies: [...nuxtDependencies, /^@fontsource-variable\//],
    },
    'admin-nuxt': { entry: nuxtEntries, project: ['**/*.{ts,vue}'], ignoreDependencies: nuxtDependencies },
    'portal-nuxt': { entry: nuxtEntries, project: ['**/*.{ts,vue}'], ignoreDependencies: nuxtDependencies },
  },
}
