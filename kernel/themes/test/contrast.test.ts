import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { distinctCharts } from '../variables.ts'
import { readThemeFolders } from '../theme-folder.ts'
import type { Theme } from '../theme-source.ts'
import {
  contrastFindings,
  contrastOf,
  contrastChecks,
  modes,
  themeStyles,
  type ThemeTokens,
} from '../theme.ts'

const themesDirectory = fileURLToPath(new URL('../../../themes', import.meta.url))

describe('contrast', () => {
  let themes: readonly Theme[]
  const tokensOf = (id: string): ThemeTokens => {
    const theme = themes.find((one) => one.id === id)
    assert.ok(theme, id)
    return theme.original.tokens
  }

  before(async () => {
    themes = await readThemeFolders(themesDirectory)
  })

  it('is what the formula of WCAG says', () => {
    assert.equal(contrastOf('#000000', '#ffffff'), 21)
    // The example every checker gives: the lightest grey that passes on white.
    assert.equal(Math.floor(contrastOf('#767676', '#ffffff') * 100) / 100, 4.54)
  })

  it('is enough in every theme that is shipped, in both modes, for colour-blind prices too', () => {
    assert.ok(themes.length >= 4)
    for (const { id, original } of themes) assert.deepEqual(contrastFindings(original.tokens), [], id)
  })

  it('looks at every colour people read or tell apart, on every surface', () => {
    for (const mode of modes) {
      const tokens = new Set(contrastChecks(tokensOf('base'), mode).map(({ token }) => token))
      const read = ['text', 'textToned', 'textMuted', 'textDimmed', 'accent', 'success', 'error', 'warning']
      const told = ['info', 'up', 'down', 'upDistinct', 'downDistinct', 'chart.0', 'chart.5']
      assert.deepEqual(
        [...read, ...told].filter((token) => !tokens.has(token)),
        [],
      )
    }
  })

  it('asks AAA of body text and AA of all other', () => {
    const pairs = contrastChecks(tokensOf('base'), 'light')
    assert.equal(pairs.find(({ token, on }) => token === 'text' && on === 'canvas')?.ratioMin, 7)
    assert.equal(pairs.find(({ token, on }) => token === 'textMuted' && on === 'canvas')?.ratioMin, 4.5)
  })

  it('names what is too weak, with the figure and a colour of the same hue that passes', () => {
    const tokens = tokensOf('base')
    const weak = { ...tokens, light: { ...tokens.light, textMuted: '#b0b4c0' } }
    const [finding] = contrastFindings(weak)
    assert.ok(finding?.suggestion)
    assert.deepEqual([finding.mode, finding.token, finding.on], ['light', 'textMuted', 'canvas'])
    assert.ok(finding.ratio < finding.ratioMin)
    const mended = { ...tokens, light: { ...tokens.light, textMuted: finding.suggestion } }
    assert.deepEqual(contrastFindings(mended), [])
  })

  it('refuses prices for the colour-blind that these cannot tell apart', () => {
    const tokens = tokensOf('base')
    const { up, down } = tokens.light
    const alike = { ...tokens, light: { ...tokens.light, upDistinct: up, downDistinct: down } }
    assert.ok(
      contrastFindings(alike).some(({ token, on }) => token === 'upDistinct' && on === 'downDistinct'),
    )
  })

  it('is enough for the series of charts that the colour-blind see, on the canvas of every theme', () => {
    const fallback = readFileSync(`${themesDirectory}/base/app/assets/tokens.css`, 'utf8')
    for (const mode of modes) {
      for (const series of distinctCharts[mode]) {
        assert.ok(fallback.includes(series), series)
        for (const { id, original } of themes)
          assert.ok(contrastOf(series, original.tokens[mode].canvas) >= 3, `${id} ${series}`)
      }
    }
  })

  it('is that of the sheet the base theme falls back to as well', () => {
    // Where the kernel does not answer, the layer's own tokens are what people see.
    const fallback = readFileSync(`${themesDirectory}/base/app/assets/tokens.css`, 'utf8')
    const { light, dark } = tokensOf('base')
    const missing = [light, dark].flatMap(({ chart, ...palette }) =>
      [...Object.values(palette), ...chart].filter((color) => !fallback.includes(color)),
    )
    assert.deepEqual(missing, [])
  })
})

describe('the style sheet of a theme', () => {
  it('says every colour in both modes, and prices once more for the colour-blind', async () => {
    const themes = await readThemeFolders(themesDirectory)
    const { original, fonts } = themes.find(({ id }) => id === 'orchard') as Theme
    const styles = themeStyles(original.tokens, fonts)
    assert.match(styles, /^@font-face\{font-family:'Figtree'/)
    for (const mode of modes) assert.ok(styles.includes(`--ui-bg:${original.tokens[mode].canvas}`))
    assert.match(styles, /\[data-price-colors='distinct'\]\{--up:/)
    assert.match(styles, /--radius-lg:22px/)
  })
})
