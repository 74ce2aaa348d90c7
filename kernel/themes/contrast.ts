import {
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  wcagContrast,
  modeLab,
  modeLab65,
  useMode,
} from 'culori/fn'
import { blend, lightnessOf, rampOf, rgbOf, withLightness } from './ramp.ts'
import { modes, type Mode, type Palette, type ThemeTokens } from './tokens.ts'

for (const mode of [modeLab, modeLab65]) useMode(mode as typeof modeLab)

/** One pair of colours that lie on each other somewhere in the kit. */
export interface ContrastCheck {
  readonly mode: Mode
  /** The token that is read, and that the suggestion is about: `textMuted`, `chart.2`. */
  readonly token: string
  /** What it lies on, in the same words; `accent` for text on a filled button. */
  readonly on: string
  readonly foreground: string
  readonly background: string
  readonly ratio: number
  readonly ratioMin: number
}

/** A pair that is too weak, and the nearest colour for its token that would do. */
export interface ContrastFinding extends ContrastCheck {
  readonly suggestion: string | null
}

/** WCAG 2.2: AAA for what is read at length, AA for all other text, 3 to 1 for what is only seen. */
const RATIO_BODY = 7
const RATIO_TEXT = 4.5
const RATIO_SHAPE = 3
/** CIEDE2000 at which two colours are told apart at a glance, to an eye that lacks red or green. */
const DIFFERENCE_MIN = 20
const TINT = 0.1
/** Of lightness, between two colours that are tried. */
const STEP = 0.01

const surfaces = ['canvas', 'canvasMuted', 'canvasRaised'] as const
const coloured = ['accent', 'success', 'error', 'warning', 'info'] as const
const prices = ['up', 'down', 'upDistinct', 'downDistinct'] as const

type Surface = (typeof surfaces)[number]
type Check = readonly [token: string, on: string, foreground: string, background: string, ratioMin: number]
type Wanted = (token: string) => boolean

export function contrastOf(foreground: string, background: string): number {
  return wcagContrast(rgbOf(foreground), rgbOf(background))
}

function textChecks(palette: Palette): Check[] {
  const on = (
    token: keyof Palette & string,
    places: readonly (Surface | 'canvasAccented')[],
    ratioMin: number,
  ) => places.map((place): Check => [token, place, palette[token] as string, palette[place], ratioMin])
  return [
    ...on('text', [...surfaces, 'canvasAccented'], RATIO_BODY),
    ...on('textToned', [...surfaces, 'canvasAccented'], RATIO_TEXT),
    ...on('textMuted', surfaces, RATIO_TEXT),
    ...on('textDimmed', surfaces, RATIO_TEXT),
    ...coloured.flatMap((token) => on(token, surfaces, RATIO_TEXT)),
    ...prices.flatMap((token) => on(token, surfaces, RATIO_TEXT)),
  ]
}

/** Text on filled buttons, also while they are hovered and pressed, and the accent on its own tint. */
function filledChecks(tokens: ThemeTokens, mode: Mode, isWanted: Wanted): Check[] {
  const palette = tokens[mode]
  const states = mode === 'light' ? ([500, 600, 700] as const) : ([400, 300, 200] as const)
  return [
    ...(['accent', 'success', 'error'] as const).filter(isWanted).flatMap((token) => {
      const ramp = rampOf(tokens.light[token], tokens.dark[token])
      return states.map((step): Check => [token, `canvas.${step}`, palette.canvas, ramp[step], RATIO_TEXT])
    }),
    ['accent', 'accent.tint', palette.accent, blend(palette.accent, palette.canvas, TINT), RATIO_TEXT],
    ...prices.map((token): Check => [
      token,
      `${token}.tint`,
      palette.text,
      blend(palette[token], palette.canvas, 0.16),
      RATIO_TEXT,
    ]),
  ]
}

function shapeChecks(palette: Palette): Check[] {
  return palette.chart.flatMap((series, index) =>
    (['canvas', 'canvasMuted'] as const).map((place): Check => [
      `chart.${index}`,
      place,
      series,
      palette[place],
      RATIO_SHAPE,
    ]),
  )
}

/** Every pair the kit uses in one mode, with its figure; of some tokens only where they are asked for. */
export function contrastChecks(
  tokens: ThemeTokens,
  mode: Mode,
  isWanted: Wanted = () => true,
): readonly ContrastCheck[] {
  const palette = tokens[mode]
  const all = [...textChecks(palette), ...filledChecks(tokens, mode, isWanted), ...shapeChecks(palette)]
  const checks = all.filter(([token]) => isWanted(token))
  return checks.map(([token, on, foreground, background, ratioMin]) => ({
    mode,
    token,
    on,
    foreground,
    background,
    ratioMin,
    ratio: Math.floor(contrastOf(foreground, background) * 100) / 100,
  }))
}

/** What is too weak, in both modes. Without one, a theme may be shown to people. */
export function contrastFindings(tokens: ThemeTokens): readonly ContrastFinding[] {
  return modes.flatMap((mode) => {
    const weak = contrastChecks(tokens, mode).filter(({ ratio, ratioMin }) => ratio < ratioMin)
    const names = new Set(weak.map(({ token }) => token))
    const suggestions = new Map([...names].map((token) => [token, suggestionFor(tokens, mode, token)]))
    return [
      ...weak.map((pair) => ({ ...pair, suggestion: suggestions.get(pair.token) ?? null })),
      ...distinctFindings(tokens, mode),
    ]
  })
}

/** Rising and falling prices must stay apart for every reader who chose the colours made for that. */
function distinctFindings(tokens: ThemeTokens, mode: Mode): ContrastFinding[] {
  const { upDistinct, downDistinct } = tokens[mode]
  const difference = differenceCiede2000()
  const eyes = [filterDeficiencyDeuter(1), filterDeficiencyProt(1)]
  const apart = Math.min(...eyes.map((see) => difference(see(rgbOf(upDistinct)), see(rgbOf(downDistinct)))))
  if (apart >= DIFFERENCE_MIN) return []
  const ratio = Math.floor(apart * 100) / 100
  const pair = {
    mode,
    token: 'upDistinct',
    on: 'downDistinct',
    foreground: upDistinct,
    background: downDistinct,
  }
  return [{ ...pair, ratio, ratioMin: DIFFERENCE_MIN, suggestion: null }]
}

function changed(tokens: ThemeTokens, mode: Mode, token: string, value: string): ThemeTokens {
  const palette = tokens[mode]
  const [name, index] = token.split('.')
  const next =
    index === undefined
      ? { ...palette, [token]: value }
      : { ...palette, [name as string]: palette.chart.map((one, at) => (String(at) === index ? value : one)) }
  return { ...tokens, [mode]: next }
}

/** The colour of the same hue, as near as can be, with which all pairs of this token pass. */
function suggestionFor(tokens: ThemeTokens, mode: Mode, token: string): string | null {
  const palette = tokens[mode]
  const [name, index] = token.split('.')
  const own =
    index === undefined
      ? (palette as never as Record<string, string>)[token]
      : palette.chart[Number.parseInt(index, 10)]
  if (own === undefined || name === undefined) return null
  const passes = (value: string): boolean =>
    contrastChecks(changed(tokens, mode, token, value), mode, (one) => one === token).every(
      ({ ratio, ratioMin }) => ratio >= ratioMin,
    )
  const start = lightnessOf(own)
  // In small steps both ways: the pairs of a token pull in one direction, but which one its surfaces decide.
  for (let away = STEP; away <= 1; away += STEP) {
    for (const lightness of [start - away, start + away]) {
      if (lightness < 0 || lightness > 1) continue
      const candidate = withLightness(own, lightness)
      if (passes(candidate)) return candidate
    }
  }
  return null
}
