import type { UiPlugin } from '@cambium/kernel/ui-manifest'
import type { PluginModule } from './plugin-module.ts'

const sheetMark = 'data-platform-sheet'

/** Resolves also when the sheet fails: a page in plain clothes is better than none. */
function appendSheet(href: string): { link: HTMLLinkElement; settled: Promise<void> } {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  const settled = new Promise<void>((resolve) => {
    link.onload = () => resolve()
    link.onerror = () => resolve()
  })
  document.head.append(link)
  return { link, settled }
}

/**
 * Puts the one Tailwind sheet over host and plugins into the page. The sheet before it stays until the new one works,
 * and both order their rules alike, so nothing flashes.
 */
export async function loadPlatformSheet(href: string): Promise<void> {
  const old = [...document.head.querySelectorAll<HTMLLinkElement>(`link[${sheetMark}]`)]
  if (old.some((link) => link.getAttribute('href') === href)) return
  const { link, settled } = appendSheet(href)
  link.setAttribute(sheetMark, '')
  await settled
  for (const before of old) before.remove()
}

async function loadComponentSheet(href: string): Promise<void> {
  const isThere = [...document.head.querySelectorAll('link[rel="stylesheet"]')].some(
    (link) => link.getAttribute('href') === href,
  )
  if (!isThere) await appendSheet(href).settled
}

/** Fetches the browser build of a plugin's pages with the style sheet of its components. */
export async function loadInBrowser(plugin: UiPlugin): Promise<PluginModule> {
  const [module] = await Promise.all([
    import(/* @vite-ignore */ plugin.module) as Promise<PluginModule>,
    plugin.css === null ? undefined : loadComponentSheet(plugin.css),
  ])
  return module
}

export function removeComponentSheet(plugin: UiPlugin): void {
  for (const link of document.head.querySelectorAll('link[rel="stylesheet"]')) {
    if (link.getAttribute('href') === plugin.css) link.remove()
  }
}
