import { Array, Enum, Integer, Null, Number, Object, String, Union, type Static } from 'typebox'

const closed = { additionalProperties: false }

/** Six digits: colours are compared, blended and drawn on a canvas, so none may be see-through or named. */
const color = (title: string, description: string) =>
  String({ pattern: '^#[0-9a-f]{6}$', title, description })

/** What one mode of a theme paints with. Meanings, not hues: a component says `text-muted`, never grey. */
export const Palette = Object(
  {
    canvas: color('Canvas', 'Behind everything, and text on a filled button.'),
    canvasMuted: color('Canvas, muted', 'Behind side bars and sign-in pages.'),
    canvasRaised: color(
      'Canvas, raised',
      'Behind badges, rows under the pointer and fields that are filled.',
    ),
    canvasAccented: color('Canvas, pressed', 'Behind what is chosen or pressed.'),
    lineMuted: color('Line, muted', 'Between rows and in the grid of charts.'),
    line: color('Line', 'Around cards and between areas.'),
    lineAccented: color('Line, accented', 'Around fields and buttons.'),
    text: color('Text', 'Body text, headings and figures.'),
    textToned: color('Text, toned', 'Names of menus and second lines.'),
    textMuted: color('Text, muted', 'Labels and explanations.'),
    textDimmed: color('Text, dimmed', 'Placeholders and trailing zeros.'),
    accent: color('Accent', 'What can be acted on: links, filled buttons, the ring of the focus.'),
    success: color('Success', 'What went well.'),
    error: color('Error', 'What failed, and what destroys.'),
    warning: color('Warning', 'What needs care.'),
    info: color('Information', 'What is worth knowing.'),
    up: color('Up', 'Prices that rise, bids, buying.'),
    down: color('Down', 'Prices that fall, asks, selling.'),
    upDistinct: color('Up, colour-blind', 'The same, for readers who set colour-blind prices.'),
    downDistinct: color('Down, colour-blind', 'The same, for readers who set colour-blind prices.'),
    chart: Array(color('Series', 'One series of a chart.'), {
      minItems: 6,
      maxItems: 6,
      title: 'Series of charts',
      description: 'Lines, bars and slices, in this order.',
    }),
  },
  closed,
)
export type Palette = Static<typeof Palette>

const family = (title: string, description: string) =>
  String({ pattern: "^[A-Za-z0-9][A-Za-z0-9 '-]{0,59}$", title, description })

/** Everything of a theme that is a value rather than a file. */
export const ThemeTokens = Object(
  {
    light: Palette,
    dark: Palette,
    type: Object(
      {
        body: family('Body', 'Font of text and figures: `Inter`, `System` or one the theme brings.'),
        heading: family('Headings', 'Font of headings and of the brand’s name.'),
        size: Integer({ minimum: 13, maximum: 16, title: 'Size', description: 'Of body text, in pixels.' }),
        headingWeight: Integer({
          minimum: 400,
          maximum: 800,
          title: 'Weight of headings',
          description: '400 is regular, 700 is bold.',
        }),
        headingTracking: Number({
          minimum: -0.04,
          maximum: 0.04,
          title: 'Tracking of headings',
          description: 'Space between letters, as a part of their size.',
        }),
      },
      closed,
    ),
    space: Object(
      {
        density: Enum(['compact', 'regular', 'airy'], {
          title: 'Density',
          description: 'How much room everything takes.',
        }),
        container: Integer({
          minimum: 960,
          maximum: 1440,
          title: 'Width of pages',
          description: 'Of prose and cards, in pixels; trading takes the whole screen.',
        }),
      },
      closed,
    ),
    radius: Object(
      {
        control: Integer({ minimum: 0, maximum: 20, title: 'Controls', description: 'Corner, in pixels.' }),
        card: Integer({ minimum: 0, maximum: 28, title: 'Cards', description: 'Corner, in pixels.' }),
        sheet: Integer({ minimum: 0, maximum: 32, title: 'Sheets', description: 'Corner, in pixels.' }),
      },
      closed,
    ),
    elevation: Enum(['flat', 'soft', 'lifted'], {
      title: 'Elevation',
      description: 'Shadow under cards and under what floats.',
    }),
    motion: Object(
      {
        duration: Integer({
          minimum: 0,
          maximum: 300,
          title: 'Duration',
          description: 'Of transitions, in milliseconds; none for who asked for reduced motion.',
        }),
        easing: Enum(['standard', 'linear', 'spring'], {
          title: 'Easing',
          description: 'How a transition begins and ends.',
        }),
      },
      closed,
    ),
  },
  closed,
)
export type ThemeTokens = Static<typeof ThemeTokens>

/** SVG as text; cleaned before it is kept, and refused when it holds what a logo has no use for. */
const Logo = Union([String({ maxLength: 32_768 }), Null()])

export const ThemeLogos = Object({ mark: Logo, markDark: Logo, favicon: Logo }, closed)
export type ThemeLogos = Static<typeof ThemeLogos>

/** What operators edit of a theme. */
export const ThemeContent = Object(
  {
    brand: String({ minLength: 1, maxLength: 40, pattern: '^[^<>]*[^<>\\s][^<>]*$' }),
    tokens: ThemeTokens,
    logos: ThemeLogos,
  },
  closed,
)
export type ThemeContent = Static<typeof ThemeContent>

/** A font file of a theme, where it is served from. */
export const ThemeFont = Object(
  {
    family: String(),
    weight: String({ pattern: '^[1-9]00( [1-9]00)?$' }),
    unicodeRange: String({ pattern: '^[Uu0-9A-Fa-f+,? -]{0,2000}$' }),
    url: String(),
  },
  closed,
)
export type ThemeFont = Static<typeof ThemeFont>

/** What a frontend shows of the theme it uses. Everything it names is content-addressed and immutable. */
export const Look = Object({
  themeId: String(),
  hash: String(),
  brand: String(),
  stylesheet: String(),
  mark: Union([String(), Null()]),
  markDark: Union([String(), Null()]),
  favicon: Union([String(), Null()]),
  themeColor: Object({ light: String(), dark: String() }),
  /** The plugin whose parts replace those of the base theme while this theme is used. */
  partsOf: Union([String(), Null()]),
})
export type Look = Static<typeof Look>

export const modes = ['light', 'dark'] as const
export type Mode = (typeof modes)[number]
