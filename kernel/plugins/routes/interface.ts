import { Array, Integer, Object, Optional, String } from 'typebox'
import { route } from '../../contract/index.ts'
import { pluginsRefusals } from '../refusals.ts'
import { app, pluginId, text, textOrNull } from './words.ts'

const Contribution = Object({}, { additionalProperties: true })

/** Typed in full as `UiManifest` in `ui-manifest.ts`; the schema keeps the members a frontend cannot do without. */
export const UiManifestAnswer = Object({
  app,
  revision: Integer(),
  stylesheet: textOrNull,
  plugins: Array(
    Object({
      id: text,
      name: text,
      version: text,
      hash: text,
      module: text,
      css: textOrNull,
      ssr: textOrNull,
      integrity: Object({ module: text, ssr: textOrNull }),
      titles: Object({}, { additionalProperties: true }),
      pages: Array(Contribution),
      navigation: Array(Contribution),
      slots: Array(Contribution),
      actions: Array(Contribution),
    }),
  ),
})

export const showUi = route({
  action: 'platform.ui.show',
  rest: 'GET /platform/ui/:app',
  summary: 'What a frontend shows of the enabled plugins',
  permission: 'public',
  params: Object({ app }, { additionalProperties: false }),
  result: UiManifestAnswer,
  errors: [pluginsRefusals.still_starting.code],
})

export const reportPageError = route({
  action: 'platform.ui.report',
  rest: 'POST /platform/ui/report',
  summary: 'Tell the operator that a page of a plugin failed in the browser or while rendering',
  permission: 'public',
  params: Object(
    {
      app,
      pluginId,
      /** Of the plugin's pages, from the UI manifest. */
      hash: String({ maxLength: 64 }),
      /** Page or slot id, or `load` when the module itself failed. */
      contribution: String({ maxLength: 120 }),
      message: String({ maxLength: 1000 }),
      stack: Optional(String({ maxLength: 8000 })),
    },
    { additionalProperties: false },
  ),
  result: Object({}),
  errors: [],
  rateLimit: { points: 30, durationSeconds: 60, per: 'address' },
})
