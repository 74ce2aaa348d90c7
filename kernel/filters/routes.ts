import { Array, Boolean, Enum, Integer, Null, Object, String, Union } from 'typebox'
import { id, route, timestamp } from '../contract/index.ts'
import { filtersRefusals } from './refusals.ts'

export * from './points.ts'
export { filtersRefusals } from './refusals.ts'

const strict = { additionalProperties: false }
const permission = 'filters.points.manage'
const textOrNull = Union([String(), Null()])
const pointName = String({ minLength: 1, maxLength: 128 })

export const FilterEntry = Object({
  id: String(),
  owner: String(),
  order: Integer(),
  isDisabled: Boolean(),
  asked: Integer({ description: 'Since this process started, like the next three.' }),
  refused: Integer(),
  failed: Integer(),
  lastRefusal: Union([Object({ code: String(), at: timestamp }), Null()]),
})

export const listFilters = route({
  action: 'filters.points.list',
  rest: 'GET /filters',
  summary: 'List the points where filters are asked, and who is asked in which order',
  permission,
  params: Object({}, strict),
  result: Object({
    items: Array(
      Object({
        name: String(),
        title: textOrNull,
        owner: textOrNull,
        onFailure: Union([Enum(['open', 'closed']), Null()]),
        timeoutMs: Union([Integer(), Null()]),
        filters: Array(FilterEntry),
      }),
    ),
  }),
  errors: [],
})

export const StrategyPointEntry = Object({
  name: String(),
  title: textOrNull,
  owner: textOrNull,
  chosen: textOrNull,
  serving: textOrNull,
  providers: Array(Object({ id: String(), owner: String(), title: String(), isDisabled: Boolean() })),
})

export const listStrategies = route({
  action: 'filters.strategies.list',
  rest: 'GET /strategies',
  summary: 'List the points with one provider, and whom the operator chose',
  permission,
  params: Object({}, strict),
  result: Object({ items: Array(StrategyPointEntry) }),
  errors: [],
})

export const chooseStrategy = route({
  action: 'filters.strategies.choose',
  rest: 'PUT /strategies/:point',
  summary: 'Choose who answers at a point',
  permission,
  params: Object({ point: pointName, provider: id }, strict),
  result: StrategyPointEntry,
  errors: [filtersRefusals.point_not_found.code, filtersRefusals.provider_not_found.code],
})
