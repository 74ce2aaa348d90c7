import { neutralRamp, rampOf } from './ramp.ts'
import { modes, type Mode, type Palette, type ThemeFont, type ThemeTokens } from './tokens.ts'

/** CSS custom properties by name. */
export type Variables = Readonly<Record<string, string>>

const hues = {
  primary: 'accent',
  success: 'success',
  error: 'error',
  warning: 'warning',
  info: 'info',
} as const

/** Series of charts for who chose colour-blind prices: told apart by every eye, so no theme changes them. */
export const distinctCharts = {
  light: ['#0267a4', '#b45300', '#00735c', '#a3427f', '#2b2b33', '#7a6a00'],
  dark: ['#5cb4ef', '#f99b44', '#2fc7a3', '#e58ac9', '#f1f1f6', '#f0e442'],
} as const

/** Pixels by size of body text 14; other sizes keep the proportions. */
const typeScale = { xs: [12, 16], sm: [13, 20], base: [14, 20], lg: [16, 24], xl: [20, 28] } as const
const displayScale = { '2xl': [28, 34], '3xl': [40, 46] } as const
const BODY_PX = 14

const spacing = { compact: '3.75px', regular: '4px', airy: '4.25px' } as const

const easings = {
  standard: 'cubic-bezier(0.2, 0, 0, 1)',
  linear: 'linear',
  spring: 'cubic-bezier(0.34, 1.4, 0.64, 1)',
} as const

const shadows = {
  flat: { card: 'none', float: '0 0 0 1px var(--ui-border-accented)' },
  soft: {
    card: 'none',
    float: '0 0 0 1px var(--ui-border), 0 8px 24px -6px rgb(0 0 0 / 0.16), 0 2px 6px -2px rgb(0 0 0 / 0.1)',
  },
  lifted: {
    card: '0 1px 2px rgb(0 0 0 / 0.05), 0 8px 24px -8px rgb(0 0 0 / 0.1)',
    float: '0 0 0 1px var(--ui-border), 0 18px 48px -12px rgb(0 0 0 / 0.28)',
  },
} as const

const px = (size: number): string => `${Math.round(size * 100) / 100}px`

function fontStack(family: string): string {
  const fallback = "'Inter Fallback', system-ui, sans-serif"
  if (family === 'System') return 'system-ui, sans-serif'
  if (family === 'Inter') return `'Inter Variable', ${fallback}`
  // Letters a font has not, Cyrillic or Arabic, come from those behind it.
  const isSerif = /\bserif\b/i.test(family)
  return `'${family.replaceAll("'", '')}', ${isSerif ? "Georgia, 'Liberation Serif', serif" : `'Inter Variable', ${fallback}`}`
}

function typeVariables({ type }: ThemeTokens): Variables {
  const grow = type.size / BODY_PX
  const sized = (
    scale: Readonly<Record<string, readonly [number, number]>>,
    factor: number,
  ): (readonly [string, string])[] =>
    Object.entries(scale).flatMap(([name, [size, line]]) => [
      [`--text-${name}`, px(size * factor)],
      [`--text-${name}--line-height`, px(line * factor)],
    ])
  const sizes: Variables = Object.fromEntries([...sized(typeScale, grow), ...sized(displayScale, 1)])
  return {
    '--font-sans': fontStack(type.body),
    '--default-font-family': fontStack(type.body),
    '--font-heading': fontStack(type.heading),
    '--font-weight-semibold': String(type.headingWeight),
    '--text-xl--letter-spacing': `${type.headingTracking}em`,
    '--text-2xl--letter-spacing': `${type.headingTracking * 1.5}em`,
    '--text-3xl--letter-spacing': `${type.headingTracking * 1.8}em`,
    '--heading-tracking': `${type.headingTracking}em`,
    ...sizes,
  }
}

function shapeVariables({ radius, space, motion }: ThemeTokens): Variables {
  const { control, card, sheet } = radius
  return {
    '--radius-xs': px(control / 2),
    '--radius-sm': px((control * 2) / 3),
    '--radius-md': px(control),
    '--radius-lg': px(card),
    '--radius-xl': px(sheet),
    '--radius-2xl': px(sheet),
    '--ui-radius': px((control * 2) / 3),
    '--ui-container': px(space.container),
    '--spacing': spacing[space.density],
    '--default-transition-duration': `${motion.duration}ms`,
    '--default-transition-timing-function': easings[motion.easing],
    '--ease-out': easings[motion.easing],
  }
}

/** What does not change with the mode. */
function fixedVariables(tokens: ThemeTokens): Variables {
  const { light, dark } = tokens
  const ramps = [
    ...Object.entries(hues).map(([name, key]) => [name, rampOf(light[key], dark[key])] as const),
    ['neutral', neutralRamp(light.canvasMuted, dark.canvas)] as const,
  ]
  return {
    ...Object.fromEntries(
      ramps.flatMap(([name, ramp]) =>
        Object.entries(ramp).map(([step, value]) => [`--ui-color-${name}-${step}`, value]),
      ),
    ),
    ...typeVariables(tokens),
    ...shapeVariables(tokens),
  }
}

/** Surfaces, lines and text, under the names the component library reads. */
function neutralVariables(palette: Palette): Variables {
  const { canvas, canvasMuted, canvasRaised, canvasAccented, line, lineMuted, lineAccented } = palette
  const { text, textToned, textMuted, textDimmed } = palette
  return {
    '--ui-bg': canvas,
    '--ui-bg-muted': canvasMuted,
    '--ui-bg-elevated': canvasRaised,
    '--ui-bg-accented': canvasAccented,
    '--ui-bg-inverted': text,
    '--ui-border': line,
    '--ui-border-muted': lineMuted,
    '--ui-border-accented': lineAccented,
    '--ui-border-inverted': text,
    '--ui-text-dimmed': textDimmed,
    '--ui-text-muted': textMuted,
    '--ui-text-toned': textToned,
    '--ui-text': text,
    '--ui-text-highlighted': text,
    '--ui-text-inverted': canvas,
  }
}

function chartVariables(series: readonly string[]): Variables {
  return Object.fromEntries(series.map((value, index) => [`--chart-${index + 1}`, value]))
}

function modeVariables(tokens: ThemeTokens, mode: Mode): Variables {
  const palette = tokens[mode]
  const { card, float } = shadows[tokens.elevation]
  return {
    ...neutralVariables(palette),
    ...Object.fromEntries(Object.entries(hues).map(([name, key]) => [`--ui-${name}`, palette[key]])),
    '--up': palette.up,
    '--down': palette.down,
    ...chartVariables(palette.chart),
    '--shadow-card': card,
    '--shadow-float': float,
  }
}

/** All variables of one mode, final: they can be put on any element, as a preview does. */
export function themeVariables(tokens: ThemeTokens, mode: Mode): Variables {
  return { ...fixedVariables(tokens), ...modeVariables(tokens, mode) }
}

function rule(selector: string, variables: Variables): string {
  const lines = Object.entries(variables).map(([name, value]) => `${name}:${value}`)
  return `${selector}{${lines.join(';')}}`
}

export function fontFaces(fonts: readonly ThemeFont[]): string {
  return fonts
    .map(
      ({ family, weight, unicodeRange, url }) =>
        `@font-face{font-family:'${family.replaceAll("'", '')}';font-style:normal;font-display:swap;font-weight:${weight};` +
        `src:url(${url}) format('woff2')${unicodeRange === '' ? '' : `;unicode-range:${unicodeRange}`}}`,
    )
    .join('\n')
}

/**
 * The theme as a style sheet over the base theme's own. Selectors repeat themselves to weigh more than what they replace,
 * wherever in the head the sheet lies.
 */
export function themeStyles(tokens: ThemeTokens, fonts: readonly ThemeFont[]): string {
  const selectors = { light: ':root:root,.light.light', dark: '.dark.dark' } as const
  const distinct = {
    light: ":root:root[data-price-colors='distinct']",
    dark: ".dark.dark[data-price-colors='distinct']",
  }
  return [
    fontFaces(fonts),
    rule(':root:root', fixedVariables(tokens)),
    ...modes.map((mode) => rule(selectors[mode], modeVariables(tokens, mode))),
    ...modes.map((mode) =>
      rule(distinct[mode], {
        '--up': tokens[mode].upDistinct,
        '--down': tokens[mode].downDistinct,
        ...chartVariables(distinctCharts[mode]),
      }),
    ),
  ]
    .filter((text) => text !== '')
    .join('\n')
}
