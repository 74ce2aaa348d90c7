import { Array, Null, Object, String, Union, type Static } from 'typebox'
import { Errors } from 'typebox/value'
import { ThemeContent, ThemeFont, ThemeTokens } from './tokens.ts'

const closed = { additionalProperties: false }
const PROBLEMS_MAX = 5
const file = String({ minLength: 1, maxLength: 200 })
const logo = Union([String({ pattern: '^logos/[a-z0-9-]+\\.svg$' }), Null()])

/** `theme.json`, and the manifest of a theme package: all of a theme but its files. */
export const ThemeManifest = Object(
  {
    id: String({ pattern: '^[a-z][a-z0-9-]{1,40}$' }),
    name: String({ minLength: 1, maxLength: 60 }),
    version: String({ pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$', maxLength: 64 }),
    publisher: String({ minLength: 1, maxLength: 200 }),
    summary: String({ minLength: 1, maxLength: 200 }),
    fonts: Array(
      Object(
        {
          family: ThemeTokens.properties.type.properties.body,
          weight: ThemeFont.properties.weight,
          unicodeRange: ThemeFont.properties.unicodeRange,
          /** In a folder also a file of an npm package: `@fontsource-variable/figtree/files/….woff2`. */
          file,
        },
        closed,
      ),
      { maxItems: 12 },
    ),
    /** The plugin whose parts are drawn in place of the base theme's. */
    partsOf: Union([String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 }), Null()]),
    brand: ThemeContent.properties.brand,
    tokens: ThemeTokens,
    logos: Object({ mark: logo, markDark: logo, favicon: logo }, closed),
  },
  closed,
)
export type ThemeManifest = Static<typeof ThemeManifest>

/** Sentences about where a value is not shaped as a theme. */
export function manifestProblems(value: unknown): readonly string[] {
  return Errors(ThemeManifest, value)
    .slice(0, PROBLEMS_MAX)
    .map(({ instancePath, message }) => `The theme${instancePath} ${message}.`)
}
