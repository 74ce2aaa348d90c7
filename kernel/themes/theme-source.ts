import { sha256 } from '../plugins/index.ts'
import type { ThemeManifest } from './manifest.ts'
import { themesRefusals } from './refusals.ts'
import { cleanLogo } from './svg.ts'
import type { ThemeContent, ThemeFont, ThemeLogos } from './tokens.ts'

/** A theme as it came, from a folder of the platform or from a package. */
export interface Theme {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly publisher: string
  readonly summary: string
  readonly source: 'shipped' | 'package'
  readonly signature: 'shipped' | 'signed' | 'unsigned'
  readonly partsOf: string | null
  /** What it says before anybody edited it. */
  readonly original: ThemeContent
  readonly fonts: readonly ThemeFont[]
  /** Bytes of the fonts, by the URLs they are served under. */
  readonly fontFiles: ReadonlyMap<string, Buffer>
  readonly manifest: ThemeManifest
  /** What a package of it holds beside its manifest. */
  readonly files: ReadonlyMap<string, Buffer>
}

const FONT_BYTES_MAX = 400 * 1024
const WOFF2_BEGINNING = 'wOF2'

/** Below it lie fonts by their hashes, and style sheets and logos by the hash of the look. */
export const themesBase = '/_themes'

export function fontUrl(bytes: Buffer): string {
  return `${themesBase}/fonts/${sha256(bytes).slice(0, 20)}.woff2`
}

function checkedFont(file: string, bytes: Buffer | undefined): Buffer {
  const refuse = (reason: string): Error => themesRefusals.font_not_allowed({ file, reason })
  if (!bytes) throw refuse('It is not there.')
  if (bytes.length > FONT_BYTES_MAX) throw refuse(`It is larger than ${FONT_BYTES_MAX / 1024} kB.`)
  if (bytes.subarray(0, 4).toString('latin1') !== WOFF2_BEGINNING) throw refuse('It is no WOFF2 file.')
  return bytes
}

/** The logos a theme's content holds, as text that is safe to serve. */
export function cleanLogos({ mark, markDark, favicon }: ThemeLogos): ThemeLogos {
  const cleaned = (svg: string | null, name: string): string | null => svg && cleanLogo(svg, name)
  return {
    mark: cleaned(mark, 'mark'),
    markDark: cleaned(markDark, 'markDark'),
    favicon: cleaned(favicon, 'favicon'),
  }
}

/** Throws refusals that name the logo or the font that may not be in a theme. */
export function themeOf(
  manifest: ThemeManifest,
  files: ReadonlyMap<string, Buffer>,
  about: Pick<Theme, 'source' | 'signature'>,
): Theme {
  const { id, name, version, publisher, summary, partsOf, brand, tokens } = manifest
  const logo = (file: string | null): string | null => {
    if (file === null) return null
    const bytes = files.get(file)
    if (!bytes) throw themesRefusals.logo_not_allowed({ logo: file, entry: file, reason: 'It is not there.' })
    return bytes.toString('utf8')
  }
  const { mark, markDark, favicon } = manifest.logos
  const fonts = manifest.fonts.map(({ file, ...font }) => {
    const bytes = checkedFont(file, files.get(file))
    return { ...font, url: fontUrl(bytes), bytes }
  })
  return {
    id,
    name,
    version,
    publisher,
    summary,
    partsOf,
    manifest,
    files,
    ...about,
    original: {
      brand,
      tokens,
      logos: cleanLogos({ mark: logo(mark), markDark: logo(markDark), favicon: logo(favicon) }),
    },
    fonts: fonts.map(({ family, weight, unicodeRange, url }) => ({ family, weight, unicodeRange, url })),
    fontFiles: new Map(fonts.map(({ url, bytes }) => [url, bytes])),
  }
}
