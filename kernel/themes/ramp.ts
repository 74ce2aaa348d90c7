import {
  clampRgb,
  converter,
  formatHex,
  interpolate,
  modeLrgb,
  modeOklab,
  modeOklch,
  modeRgb,
  parse,
  toGamut,
  useMode,
  type Rgb,
} from 'culori/fn'

for (const mode of [modeRgb, modeLrgb, modeOklab, modeOklch]) useMode(mode as typeof modeRgb)

const toOklch = converter('oklch')
const inGamut = toGamut('rgb', 'oklch')

/** Steps of one hue as the component library counts them; 500 is the colour in light mode, 400 in dark. */
export type Ramp = Readonly<Record<(typeof steps)[number], string>>

export const steps = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950] as const

/** How far from the anchor (0) to white, or to black (1), a step lies. */
const lighter = { 50: 0.93, 100: 0.83, 200: 0.67, 300: 0.42 } as const
const darker = { 600: 0.14, 700: 0.28, 800: 0.43, 900: 0.55, 950: 0.72 } as const

export function rgbOf(color: string): Rgb {
  const parsed = parse(color)
  if (parsed?.mode !== 'rgb') throw new Error(`${color} is no colour.`)
  return parsed
}

/** The same hue at another lightness (0 to 1), as vivid as a screen can show it. */
export function withLightness(color: string, lightness: number): string {
  const own = toOklch(rgbOf(color))
  return formatHex(clampRgb(inGamut({ ...own, l: Math.min(1, Math.max(0, lightness)) })))
}

export function lightnessOf(color: string): number {
  return toOklch(rgbOf(color)).l
}

/** `share` of `over` on top of `below`, as a see-through layer paints it. */
export function blend(over: string, below: string, share: number): string {
  return formatHex(interpolate([rgbOf(below), rgbOf(over)], 'rgb')(share))
}

/** Made from the two colours an operator chooses, so that hovering and pressing follow by themselves. */
export function rampOf(light: string, dark: string): Ramp {
  const [base, bright] = [lightnessOf(light), lightnessOf(dark)]
  const up = (part: number): string => withLightness(dark, bright + (0.985 - bright) * part)
  const down = (part: number): string => withLightness(light, base * (1 - part))
  return {
    50: up(lighter[50]),
    100: up(lighter[100]),
    200: up(lighter[200]),
    300: up(lighter[300]),
    400: dark,
    500: light,
    600: down(darker[600]),
    700: down(darker[700]),
    800: down(darker[800]),
    900: down(darker[900]),
    950: down(darker[950]),
  }
}

/** Greys between two ends, evenly to the eye. */
export function neutralRamp(lightest: string, darkest: string): Ramp {
  const between = interpolate([rgbOf(lightest), rgbOf(darkest)], 'oklab')
  const at = [0, 0.03, 0.08, 0.16, 0.38, 0.56, 0.69, 0.78, 0.88, 0.94, 1] as const
  const entries = steps.map((step, index) => [step, formatHex(clampRgb(between(at[index] ?? 1)))])
  return Object.fromEntries(entries) as Ramp
}
