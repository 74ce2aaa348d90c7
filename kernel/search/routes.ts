import { Array, Enum, Object, Optional, String, type Static } from 'typebox'
import { route } from '../contract/index.ts'

const strict = { additionalProperties: false }

export const SearchGroup = Object({
  id: String(),
  owner: String({ description: 'The plugin whose locales have the title, or `platform`.' }),
  title: String({ description: "A key of the owner's locales." }),
  items: Array(
    Object({ id: String(), title: String(), text: String(), link: String(), icon: Optional(String()) }),
  ),
})
export type SearchGroup = Static<typeof SearchGroup>

export const search = route({
  action: 'search.results.list',
  rest: 'GET /search',
  summary: 'Look everywhere the caller may look',
  description: 'Sources that fail, or take longer than they may, are left out and named.',
  permission: 'public',
  params: Object({ text: String({ minLength: 1, maxLength: 100 }), app: Enum(['portal', 'admin']) }, strict),
  result: Object({
    groups: Array(SearchGroup),
    missing: Array(Object({ id: String(), owner: String(), title: String() })),
  }),
  errors: [],
  rateLimit: { points: 240, durationSeconds: 60, per: 'user' },
})
