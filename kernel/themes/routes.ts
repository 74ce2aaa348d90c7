import {
  Array,
  Boolean,
  Enum,
  Integer,
  Null,
  Number,
  Object,
  Optional,
  String,
  Union,
  type Static,
} from 'typebox'
import { route, timestamp } from '../contract/index.ts'
import { installErrors } from '../plugins/routes.ts'
import { themesRefusals } from './refusals.ts'
import { Look, ThemeContent, ThemeFont } from './tokens.ts'

export { themesRefusals } from './refusals.ts'

const closed = { additionalProperties: false }
const manage = 'themes.looks.manage'
const app = Enum(['portal', 'admin'])
const themeId = String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 64 })
const revision = Integer({ minimum: 0 })
const THEME_BYTES_MAX = 8 * 1024 * 1024

export const ContrastFinding = Object({
  mode: Enum(['light', 'dark']),
  token: String(),
  on: String(),
  foreground: String(),
  background: String(),
  ratio: Number(),
  ratioMin: Number(),
  suggestion: Union([String(), Null()]),
})

export const ThemeSummary = Object({
  id: themeId,
  name: String(),
  version: String(),
  publisher: String(),
  summary: String(),
  source: Enum(['shipped', 'package']),
  signature: Enum(['shipped', 'signed', 'unsigned']),
  partsOf: Union([String(), Null()]),
  fonts: Array(ThemeFont),
  /** What people see, or would see. */
  content: ThemeContent,
  /** Frontends that show it now. */
  usedBy: Array(app),
  /** Of the newest edit; 0 while it is as it came. */
  revision: Integer(),
  /** The edit people see; 0 is the theme as it came. */
  publishedRevision: Integer(),
  changedBy: Union([String(), Null()]),
  changedAt: Union([timestamp, Null()]),
})
export type ThemeSummary = Static<typeof ThemeSummary>

export const ThemeDetail = Object({
  ...ThemeSummary.properties,
  draft: ThemeContent,
  original: ThemeContent,
  /** Pairs of the draft that are too weak to be published. */
  findings: Array(ContrastFinding),
})
export type ThemeDetail = Static<typeof ThemeDetail>

const notFound = themesRefusals.theme_not_found.code
const changed = themesRefusals.changed_meanwhile.code

export const listThemes = route({
  action: 'themes.themes.list',
  rest: 'GET /themes',
  summary: 'Themes that are here, and which is in use where',
  permission: manage,
  params: Object({}, closed),
  result: Object({ items: Array(ThemeSummary) }),
  errors: [],
})

export const showTheme = route({
  action: 'themes.themes.show',
  rest: 'GET /themes/:themeId',
  summary: 'A theme with its draft and what is too weak in it',
  permission: manage,
  params: Object({ themeId }, closed),
  result: ThemeDetail,
  errors: [notFound],
})

export const saveDraft = route({
  action: 'themes.drafts.save',
  rest: 'PUT /themes/:themeId/draft',
  summary: 'Save an edit of a theme; people see it when it is published',
  permission: manage,
  params: Object({ themeId, content: ThemeContent, revision }, closed),
  result: ThemeDetail,
  errors: [notFound, changed, themesRefusals.content_not_valid.code, themesRefusals.logo_not_allowed.code],
})

export const restoreRevision = route({
  action: 'themes.drafts.restore',
  rest: 'POST /themes/:themeId/restore',
  summary: 'Make the draft what it was at an earlier revision; 0 is the theme as it came',
  permission: manage,
  params: Object({ themeId, from: revision, revision }, closed),
  result: ThemeDetail,
  errors: [notFound, changed, themesRefusals.revision_not_found.code],
})

export const publishTheme = route({
  action: 'themes.drafts.publish',
  rest: 'POST /themes/:themeId/publish',
  summary: 'Let people see the draft: open tabs of frontends that use the theme change at once',
  permission: manage,
  params: Object({ themeId, revision }, closed),
  result: ThemeDetail,
  errors: [notFound, changed, themesRefusals.contrast_too_low.code, themesRefusals.nothing_to_publish.code],
})

export const ThemeEvent = Object({
  kind: Enum(['edited', 'restored', 'published', 'chosen']),
  at: timestamp,
  by: String(),
  revision: Union([Integer(), Null()]),
  restoredFrom: Union([Integer(), Null()]),
  app: Union([app, Null()]),
  /** Tokens that differ from the revision before, as paths: `light.accent`. */
  changes: Array(String()),
})
export type ThemeEvent = Static<typeof ThemeEvent>

export const listThemeHistory = route({
  action: 'themes.themes.history',
  rest: 'GET /themes/:themeId/history',
  summary: 'Who changed, published and chose a theme, newest first',
  permission: manage,
  params: Object({ themeId }, closed),
  result: Object({ items: Array(ThemeEvent) }),
  errors: [notFound],
})

export const chooseTheme = route({
  action: 'themes.looks.choose',
  rest: 'PUT /themes/looks/:app',
  summary: 'Use a theme for a frontend: its open tabs change at once',
  permission: manage,
  params: Object({ app, themeId }, closed),
  result: Look,
  errors: [notFound, themesRefusals.contrast_too_low.code],
})

export const showLook = route({
  action: 'themes.looks.show',
  rest: 'GET /themes/looks/:app',
  summary: 'What a frontend looks like now',
  permission: 'public',
  params: Object({ app }, closed),
  result: Look,
  errors: [],
})

export const InstalledTheme = Object({
  themeId,
  name: String(),
  version: String(),
  digest: String(),
  publisher: String(),
  signature: Enum(['signed', 'unsigned']),
  keyId: Union([String(), Null()]),
  /** Weak pairs: with any, the theme can be edited but not used yet. */
  findings: Integer(),
  isUpdate: Boolean(),
})
export type InstalledTheme = Static<typeof InstalledTheme>

export const installTheme = route({
  action: 'themes.packages.install',
  rest: 'POST /themes/packages',
  summary: 'Install a theme’s package sent as a file; it is not used yet',
  permission: manage,
  params: Object({}, closed),
  result: InstalledTheme,
  errors: [...installErrors, themesRefusals.logo_not_allowed.code, themesRefusals.font_not_allowed.code],
  body: { mediaType: 'application/gzip', bytesMax: THEME_BYTES_MAX },
})

export const removeTheme = route({
  action: 'themes.packages.remove',
  rest: 'DELETE /themes/:themeId',
  summary: 'Remove an installed theme with its edits',
  permission: manage,
  params: Object({ themeId }, closed),
  result: Object({}),
  errors: [notFound, themesRefusals.theme_in_use.code, themesRefusals.theme_is_shipped.code],
})

export const exportTheme = route({
  action: 'themes.packages.export',
  rest: 'GET /themes/:themeId/package',
  summary: 'The draft as a theme’s package, unsigned, under a name of its own',
  permission: manage,
  params: Object(
    {
      themeId,
      newId: themeId,
      name: Optional(String({ minLength: 1, maxLength: 60 })),
      publisher: Optional(String({ minLength: 1, maxLength: 200 })),
    },
    closed,
  ),
  result: Object({ name: String(), file: String() }),
  errors: [notFound],
  answer: 'file',
})
