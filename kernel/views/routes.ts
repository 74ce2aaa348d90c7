import { Array, Boolean, Object, Record, String, type Static } from 'typebox'
import { id, route, timestamp } from '../contract/index.ts'
import { viewsRefusals } from './refusals.ts'

export { viewsRefusals } from './refusals.ts'

const strict = { additionalProperties: false }

const listId = String({
  pattern: '^[a-z][A-Za-z0-9-]*(\\.[A-Za-z0-9-]+)*$',
  maxLength: 64,
  description: 'The list, its owner in front: `spot.orders`.',
})

const content = {
  name: String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
  query: Record(String({ maxLength: 40 }), String({ maxLength: 300 }), {
    maxProperties: 20,
    description: 'Filters and order, as they stand in the address of the page.',
  }),
  columns: Record(String({ maxLength: 40 }), Boolean(), {
    maxProperties: 60,
    description: 'Columns shown or put away; the window decides about the rest.',
  }),
}

export const View = Object({ id, ...content, createdAt: timestamp, changedAt: timestamp })
export type View = Static<typeof View>

export const listViews = route({
  action: 'views.views.list',
  rest: 'GET /views/:listId',
  summary: 'List the own views of a list, oldest first',
  permission: 'signedIn',
  params: Object({ listId }, strict),
  result: Object({ items: Array(View) }),
  errors: [],
})

export const createView = route({
  action: 'views.views.create',
  rest: 'POST /views/:listId',
  summary: 'Keep a view of a list',
  permission: 'signedIn',
  params: Object({ listId, ...content }, strict),
  result: View,
  errors: [viewsRefusals.name_already_used.code, viewsRefusals.exceeds_maximum.code],
})

export const changeView = route({
  action: 'views.views.change',
  rest: 'PUT /views/:listId/:viewId',
  summary: 'Change a view: its name and what it keeps',
  permission: 'signedIn',
  params: Object({ listId, viewId: id, ...content }, strict),
  result: View,
  errors: [viewsRefusals.view_not_found.code, viewsRefusals.name_already_used.code],
})

export const removeView = route({
  action: 'views.views.remove',
  rest: 'DELETE /views/:listId/:viewId',
  summary: 'Remove a view',
  permission: 'signedIn',
  params: Object({ listId, viewId: id }, strict),
  result: Object({ items: Array(View) }),
  errors: [viewsRefusals.view_not_found.code],
})
