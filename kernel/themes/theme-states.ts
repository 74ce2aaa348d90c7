import { contrastFindings } from './contrast.ts'
import { lookHash } from './look.ts'
import { themesRefusals } from './refusals.ts'
import type { ThemeDetail, ThemeSummary } from './routes.ts'
import type { FrontendApp } from '../plugins/ui-manifest.ts'
import type { InstalledThemes } from './installed-themes.ts'
import type { Theme } from './theme-source.ts'
import type { Edit, ThemesTables } from './themes-tables.ts'
import type { ThemeContent } from './tokens.ts'

/** A theme as it is now: as it came, as it was edited, and as people see it. */
export interface ThemeState {
  readonly theme: Theme
  readonly revision: number
  readonly draft: ThemeContent
  readonly newest: Edit | undefined
  readonly publishedRevision: number
  readonly published: ThemeContent
}

/** A content under the hash it is painted by. */
export interface Painted {
  readonly theme: Theme
  readonly content: ThemeContent
}

export interface ThemeStates {
  /** Throws `themes.theme_not_found`. */
  of(themeId: string): Promise<ThemeState>
  all(): Promise<readonly ThemeState[]>
  /** The theme each frontend shows; one that is gone gives way to the base theme. */
  inUse(): Promise<Readonly<Record<FrontendApp, string>>>
  painted(hash: string): Promise<Painted | undefined>
}

export const baseThemeId = 'base'
const PAINTED_MAX = 200

export function createThemeStates(themes: InstalledThemes, tables: ThemesTables): ThemeStates {
  const known = new Map<string, Painted>()

  async function stateOf(theme: Theme): Promise<ThemeState> {
    const [newest, publications] = await Promise.all([
      tables.newestEdit(theme.id),
      tables.publications(theme.id),
    ])
    const publishedRevision = publications[0]?.revision ?? 0
    const edit =
      newest?.revision === publishedRevision ? newest : await tables.edit(theme.id, publishedRevision)
    return {
      theme,
      newest,
      publishedRevision,
      revision: newest?.revision ?? 0,
      draft: newest?.content ?? theme.original,
      published: edit?.content ?? theme.original,
    }
  }

  function remember(hash: string, painted: Painted): Painted {
    known.set(hash, painted)
    const [oldest] = known.keys()
    if (known.size > PAINTED_MAX && oldest !== undefined) known.delete(oldest)
    return painted
  }

  return {
    async of(themeId) {
      const theme = await themes.find(themeId)
      if (!theme) throw themesRefusals.theme_not_found({ themeId })
      return stateOf(theme)
    },
    all: async () => Promise.all((await themes.all()).map(stateOf)),
    async inUse() {
      const choices = await tables.choices()
      const ids = new Set((await themes.all()).map(({ id }) => id))
      const of = (app: FrontendApp): string => {
        const chosen = choices.find((choice) => choice.app === app)?.themeId
        return chosen !== undefined && ids.has(chosen) ? chosen : baseThemeId
      }
      return { portal: of('portal'), admin: of('admin') }
    },
    async painted(hash) {
      const found = known.get(hash)
      if (found) return found
      const all = await themes.all()
      const asItCame = all.find((theme) => lookHash(theme, theme.original) === hash)
      if (asItCame) return remember(hash, { theme: asItCame, content: asItCame.original })
      const edit = await tables.editOf(hash)
      const theme = edit && all.find(({ id }) => id === edit.themeId)
      return theme && remember(hash, { theme, content: edit.content })
    },
  }
}

export function summaryOf(
  { theme, newest, revision, publishedRevision, published }: ThemeState,
  inUse: Readonly<Record<FrontendApp, string>>,
): ThemeSummary {
  const { id, name, version, publisher, summary, source, signature, partsOf, fonts } = theme
  return {
    id,
    name,
    version,
    publisher,
    summary,
    source,
    signature,
    partsOf,
    revision,
    publishedRevision,
    fonts: [...fonts],
    content: published,
    usedBy: (['portal', 'admin'] as const).filter((app) => inUse[app] === id),
    changedBy: newest?.changedBy ?? null,
    changedAt: newest?.changedAt.toISOString() ?? null,
  }
}

export function detailOf(state: ThemeState, inUse: Readonly<Record<FrontendApp, string>>): ThemeDetail {
  return {
    ...summaryOf(state, inUse),
    draft: state.draft,
    original: state.theme.original,
    findings: contrastFindings(state.draft.tokens).map((finding) => ({ ...finding })),
  }
}
