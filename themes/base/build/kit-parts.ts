import { readdirSync } from 'node:fs'
import path from 'node:path'

/** Parts of Nuxt UI for marketing sites, chats, rich text and whole applications: not offered to plugins, so not built. */
const notOffered =
  /^(App|Blog|Changelog|Chat|Content|Editor|Error|Marquee|Page|Pricing|Theme|OverlayProvider|Toaster)/

/** The component files that plugin pages may use, by their tags. */
export function kitParts(nuxtUiFolder: string, kitFolder: string): ReadonlyMap<string, string> {
  const offered = vueFiles(nuxtUiFolder).filter((name) => !notOffered.test(name))
  return new Map([
    ...offered.map((name): [string, string] => [`U${name}`, path.join(nuxtUiFolder, `${name}.vue`)]),
    ...vueFiles(kitFolder).map((name): [string, string] => [name, path.join(kitFolder, `${name}.vue`)]),
  ])
}

function vueFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.vue') && !name.endsWith('.d.vue'))
    .map((name) => path.basename(name, '.vue'))
}
