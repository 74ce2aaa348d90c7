import { readdirSync } from 'node:fs'
import path from 'node:path'

/** Parts of Nuxt UI for marketing sites, chats, rich text and whole applications: not offered to plugins, so not built. */
const notOffered =
  /^(App|Blog|Changelog|Chat|Content|Editor|Error|Marquee|Page|Pricing|Theme|OverlayProvider|Toaster)/

/**
 * Small parts that stand on most pages together, each in one file with its kind: alone, each would be a request of its own.
 * A new tag goes here when it is as small and as common as these.
 */
export const kitBundles: Readonly<Record<string, readonly string[]>> = {
  figures: [
    'CAmountText',
    'CAssetBadge',
    'CCard',
    'CEmptyState',
    'CErrorState',
    'CFigure',
    'CKeyValue',
    'CMarketName',
    'CPageHeader',
    'CPercentText',
    'CPriceText',
    'CSkeleton',
    'CSparkline',
    'CStaleBadge',
    'CStatusBadge',
    'UAvatar',
    'UBadge',
    'UButton',
    'UChip',
    'UIcon',
    'ULink',
    'ULinkBase',
    'USkeleton',
  ],
  fields: ['UAlert', 'UFormField', 'UInput'],
}

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
