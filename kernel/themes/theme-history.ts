import { contentChanges } from './content-changes.ts'
import type { ThemeEvent } from './routes.ts'
import type { Theme } from './theme-source.ts'
import type { Edit, ThemesTables } from './themes-tables.ts'

function editEvents(edits: readonly Edit[], { original }: Theme): readonly ThemeEvent[] {
  return edits.map((edit, index) => ({
    kind: edit.restoredFrom === null ? 'edited' : 'restored',
    at: edit.changedAt.toISOString(),
    by: edit.changedBy,
    revision: edit.revision,
    restoredFrom: edit.restoredFrom,
    app: null,
    changes: [...contentChanges(edits[index + 1]?.content ?? original, edit.content)],
  }))
}

/** Everything anybody did to a theme, newest first. */
export async function historyOf(theme: Theme, tables: ThemesTables): Promise<readonly ThemeEvent[]> {
  const [edits, publications, choices] = await Promise.all([
    tables.edits(theme.id),
    tables.publications(theme.id),
    tables.choices(),
  ])
  const published = publications.map(({ revision, publishedBy, publishedAt }): ThemeEvent => ({
    kind: 'published',
    at: publishedAt.toISOString(),
    by: publishedBy,
    revision,
    restoredFrom: null,
    app: null,
    changes: [],
  }))
  const chosen = choices
    .filter(({ themeId }) => themeId === theme.id)
    .map(({ app, chosenBy, chosenAt }): ThemeEvent => ({
      kind: 'chosen',
      at: chosenAt.toISOString(),
      by: chosenBy,
      revision: null,
      restoredFrom: null,
      app,
      changes: [],
    }))
  return [...editEvents(edits, theme), ...published, ...chosen].toSorted((left, right) =>
    left.at < right.at ? 1 : -1,
  )
}
