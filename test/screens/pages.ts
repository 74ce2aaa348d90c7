import { globSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import type { PluginManifest } from '../../kernel/index.ts'
import { root } from '../../kernel/setup/index.ts'

export const apps = ['portal', 'admin'] as const
export type App = (typeof apps)[number]

/** Where an app begins, before the path of a page. */
export const baseOf: Readonly<Record<App, string>> = { portal: '', admin: '/admin' }

/** Every page as the sources have it: files of the app and of the themes, and what plugins' manifests declare. */
export async function writtenPages(app: App): Promise<string[]> {
  const own = globSync(`{${app}-nuxt,themes/base}/app/pages/**/*.vue`, { cwd: root }).map(patternOf)
  const manifests = globSync('plugins/*/plugin.ts', { cwd: root }).map(async (file) => {
    const { plugin } = (await import(path.join(root, file))) as { plugin: PluginManifest }
    return plugin.ui?.[app]?.pages?.map((page) => page.path) ?? []
  })
  return [...new Set([...own, ...(await Promise.all(manifests)).flat()])].toSorted()
}

/** `admin-nuxt/app/pages/kit/[[part]].vue` is `/kit/:part?`. */
function patternOf(file: string): string {
  const inside = /\/app\/pages\/(.*)\.vue$/.exec(file)?.[1] ?? ''
  const parts = inside
    .split('/')
    .filter((part) => part !== 'index')
    .map((part) =>
      part
        .replace(/^\[\[(\w+)\]\]$/, ':$1?')
        .replace(/^\[\.\.\.(\w+)\]$/, ':$1(.*)*')
        .replaceAll(/\[(\w+)\]/g, ':$1'),
    )
  return `/${parts.join('/')}`
}

interface Router {
  getRoutes(): readonly { readonly path: string; readonly redirect?: unknown }[]
  resolve(to: string): { readonly matched: readonly { readonly path: string }[] }
}
interface AppWindow {
  readonly document: {
    readonly links: Iterable<{ readonly pathname: string }>
    querySelector(selector: string): {
      readonly __vue_app__: { readonly config: { readonly globalProperties: { readonly $router: Router } } }
    }
  }
  readonly location: { readonly pathname: string }
}

/** What the router of the open page knows: the pages built in and those of the enabled plugins. */
export async function routedPages(page: Page): Promise<string[]> {
  const paths = await page.evaluate(() => {
    const { document } = globalThis as unknown as AppWindow
    const { $router } = document.querySelector('#cambium').__vue_app__.config.globalProperties
    return $router
      .getRoutes()
      .filter(({ redirect }) => redirect === undefined)
      .map((route) => route.path)
  })
  return [...new Set(paths.map((one) => one.replaceAll('()', '')))].toSorted()
}

/** Pages that the open one leads to, with an address of each: by its links and by its own address. */
export async function linkedPages(page: Page, base: string): Promise<Map<string, string[]>> {
  const found = await page.evaluate((before) => {
    const { document, location } = globalThis as unknown as AppWindow
    const { $router } = document.querySelector('#cambium').__vue_app__.config.globalProperties
    return [location, ...document.links]
      .map(({ pathname }) => pathname)
      .filter((pathname) => pathname.startsWith(`${before}/`))
      .map((pathname) => pathname.slice(before.length))
      .map((address) => [$router.resolve(address).matched.at(-1)?.path ?? '', address] as const)
  }, base)
  const pages = new Map<string, string[]>()
  for (const [pattern, address] of found) {
    const known = pattern.replaceAll('()', '')
    const addresses = pages.get(known) ?? []
    if (!addresses.includes(address)) pages.set(known, [...addresses, address])
  }
  return pages
}

/** The address of a page that needs nothing filled in. */
export function plainAddress(pattern: string): string | undefined {
  // The page for addresses nobody knows.
  if (pattern === '/:slug(.*)*') return '/no-such-page'
  if (pattern.includes('(')) return undefined
  const plain = pattern.replaceAll(/\/:\w+\?/g, '')
  return plain.includes(':') ? undefined : plain || '/'
}
