import type { Knex } from 'knex'
import type { FrontendApp } from '../plugins/ui-manifest.ts'
import { contrastFindings } from './contrast.ts'
import type { InstalledThemes } from './installed-themes.ts'
import { lookHash, lookOf } from './look.ts'
import { themesRefusals } from './refusals.ts'
import type { InstalledTheme, ThemeDetail } from './routes.ts'
import { cleanLogos, type Theme } from './theme-source.ts'
import { detailOf, type ThemeStates } from './theme-states.ts'
import type { ThemesTables } from './themes-tables.ts'
import type { Look, ThemeContent, ThemeTokens } from './tokens.ts'

export interface DeskParts {
  readonly themes: InstalledThemes
  readonly tables: ThemesTables
  readonly states: ThemeStates
  /** Told after anything people see has changed. */
  readonly onShown: () => Promise<void>
}

/** What operators do with themes. Whoever saves says which revision was read, so that nobody's work is written over. */
export interface ThemeDesk {
  show(themeId: string): Promise<ThemeDetail>
  save(themeId: string, content: ThemeContent, revision: number, by: string): Promise<ThemeDetail>
  restore(themeId: string, from: number, revision: number, by: string): Promise<ThemeDetail>
  publish(themeId: string, revision: number, by: string): Promise<ThemeDetail>
  choose(app: FrontendApp, themeId: string, by: string): Promise<Look>
  install(bytes: Buffer, by: string): Promise<InstalledTheme>
  remove(themeId: string): Promise<void>
}

function assertReadable(tokens: ThemeTokens): void {
  const pairs = contrastFindings(tokens)
  if (pairs.length > 0) throw themesRefusals.contrast_too_low({ pairs })
}

function assertFonts({ fonts }: Theme, { type }: ThemeTokens): void {
  const known = ['Inter', 'System', ...fonts.map(({ family }) => family)]
  const errors = (['body', 'heading'] as const)
    .filter((name) => !known.includes(type[name]))
    .map((name) => ({ pointer: `#/tokens/type/${name}`, detail: `must be one of ${known.join(', ')}` }))
  if (errors.length > 0) throw themesRefusals.content_not_valid({ errors })
}

interface NewEdit {
  readonly theme: Theme
  readonly content: ThemeContent
  readonly revision: number
  readonly changedBy: string
  readonly restoredFrom?: number
}

export function createThemeDesk({ themes, tables, states, onShown }: DeskParts): ThemeDesk {
  const show = async (themeId: string): Promise<ThemeDetail> =>
    detailOf(await states.of(themeId), await states.inUse())

  async function add({ theme, content, revision, changedBy, restoredFrom }: NewEdit): Promise<void> {
    const added = await tables.addEdit({
      themeId: theme.id,
      revision,
      content,
      changedBy,
      restoredFrom: restoredFrom ?? null,
      hash: lookHash(theme, content),
    })
    if (!added) throw themesRefusals.changed_meanwhile({ themeId: theme.id })
  }

  /** Throws when `revision` is not the newest: somebody saved in between. */
  async function read(themeId: string, revision: number) {
    const state = await states.of(themeId)
    if (state.revision !== revision) {
      throw themesRefusals.changed_meanwhile({ themeId, revision: state.revision })
    }
    return state
  }

  /** An update of a package never changes what people see: what they saw is kept as an edit, and stays published. */
  async function keepShown(themeId: string, by: string): Promise<void> {
    const state = await states.of(themeId)
    if (state.publishedRevision > 0) return
    const { theme, revision, draft } = state
    await add({ theme, content: theme.original, revision: revision + 1, changedBy: by, restoredFrom: 0 })
    await tables.publish({ themeId, revision: revision + 1, publishedBy: by })
    if (revision === 0) return
    await add({ theme, content: draft, revision: revision + 2, changedBy: by, restoredFrom: revision })
  }

  return {
    show,
    async save(themeId, content, revision, by) {
      const { theme } = await read(themeId, revision)
      assertFonts(theme, content.tokens)
      const cleaned = { ...content, logos: cleanLogos(content.logos) }
      await add({ theme, content: cleaned, revision: revision + 1, changedBy: by })
      return show(themeId)
    },
    async restore(themeId, from, revision, by) {
      const { theme } = await read(themeId, revision)
      const content = from === 0 ? theme.original : (await tables.edit(themeId, from))?.content
      if (!content) throw themesRefusals.revision_not_found({ themeId, revision: from })
      await add({ theme, content, revision: revision + 1, changedBy: by, restoredFrom: from })
      return show(themeId)
    },
    async publish(themeId, revision, by) {
      const { draft, publishedRevision } = await read(themeId, revision)
      if (publishedRevision === revision) throw themesRefusals.nothing_to_publish({ themeId })
      assertReadable(draft.tokens)
      await tables.publish({ themeId, revision, publishedBy: by })
      await onShown()
      return show(themeId)
    },
    async choose(app, themeId, by) {
      const { theme, published } = await states.of(themeId)
      assertReadable(published.tokens)
      await tables.choose({ app, themeId, chosenBy: by })
      await onShown()
      return lookOf(theme, published)
    },
    async install(bytes, by) {
      const installed = await themes.install(bytes, by, (themeId) => keepShown(themeId, by))
      await onShown()
      return installed
    },
    async remove(themeId) {
      const { theme } = await states.of(themeId)
      if (theme.source === 'shipped') throw themesRefusals.theme_is_shipped({ themeId })
      const inUse = await states.inUse()
      if (Object.values(inUse).includes(themeId)) throw themesRefusals.theme_in_use({ themeId })
      await themes.remove(themeId, (trx: Knex) => tables.forget(trx, themeId))
    },
  }
}
