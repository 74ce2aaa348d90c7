import { canonicalJson } from '../broker/index.ts'
import { sha256 } from '../plugins/index.ts'
import { themesBase, type Theme } from './theme-source.ts'
import type { Look, ThemeContent } from './tokens.ts'
import { themeStyles } from './variables.ts'

/** A file of a look; what is under one address never changes. */
export interface LookFile {
  readonly type: string
  readonly body: string | Buffer
}

const STYLES_FILE = 'theme.css'
const HASH_LENGTH = 20

type Dressed = Pick<Theme, 'id' | 'fonts' | 'partsOf'>

/** Of all that is painted: two looks of one hash cannot be told apart. */
export function lookHash({ fonts }: Pick<Theme, 'fonts'>, { tokens, logos }: ThemeContent): string {
  return sha256(canonicalJson({ styles: themeStyles(tokens, fonts), logos })).slice(0, HASH_LENGTH)
}

export function lookOf(theme: Dressed, content: ThemeContent): Look {
  const { brand, tokens, logos } = content
  const hash = lookHash(theme, content)
  const address = (file: string): string => `${themesBase}/${hash}/${file}`
  const logo = (name: keyof typeof logos): string | null =>
    logos[name] === null ? null : address(`${name}.svg`)
  return {
    themeId: theme.id,
    hash,
    brand,
    stylesheet: address(STYLES_FILE),
    mark: logo('mark'),
    markDark: logo('markDark') ?? logo('mark'),
    favicon: logo('favicon'),
    themeColor: { light: tokens.light.canvas, dark: tokens.dark.canvas },
    partsOf: theme.partsOf,
  }
}

export function lookFile(
  { fonts }: Dressed,
  { tokens, logos }: ThemeContent,
  file: string,
): LookFile | undefined {
  if (file === STYLES_FILE) return { type: 'text/css; charset=utf-8', body: themeStyles(tokens, fonts) }
  const name = file.replace(/\.svg$/, '')
  if (!file.endsWith('.svg') || !Object.hasOwn(logos, name)) return undefined
  const svg = logos[name as keyof typeof logos]
  return svg === null ? undefined : { type: 'image/svg+xml', body: svg }
}
