import { problemType, refusalCatalogue, type Route } from '../contract/index.ts'
import { canBeCsv } from './csv.ts'
import { exampleOf } from './example.ts'

type Json = Readonly<Record<string, unknown>>

const everyRoute = ['validation', 'gateway.rate_limited', 'platform.bug']
const signedInRoute = ['platform.sign_in_required', 'gateway.csrf_token_wrong']
const fileRoute = ['gateway.body_too_large', 'gateway.media_type_unsupported']
const keyedRoute = [
  'platform.idempotency_key_required',
  'platform.idempotency_key_malformed',
  'platform.idempotency_conflict',
]

/** Every code the route may answer, its own first. */
export function problemCodesOf(route: Route): readonly string[] {
  const needsPermission = route.permission !== 'public' && route.permission !== 'signedIn'
  return [
    ...new Set([
      ...route.errors,
      ...(route.permission === 'public' ? [] : signedInRoute),
      ...(needsPermission ? ['platform.permission_missing'] : []),
      ...(route.idempotency === undefined ? [] : keyedRoute),
      ...(route.idempotency === 'required' ? ['platform.idempotency_running'] : []),
      ...(route.body ? fileRoute : []),
      ...(route.isSensitive ? ['identity.confirmation_needed'] : []),
      ...everyRoute,
    ]),
  ]
}

/** JSON Schema as OpenAPI 3.1 has it: a tuple's items are `prefixItems` there. */
function modernize(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modernize)
  if (schema === null || typeof schema !== 'object') return schema
  const { items, additionalItems, ...rest } = schema as Record<string, unknown>
  const modern = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, modernize(value)]))
  if (items === undefined) return modern
  if (!Array.isArray(items)) return { ...modern, items: modernize(items) }
  return { ...modern, prefixItems: items.map(modernize), items: additionalItems === true }
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
}

function pathNames(route: Route): readonly string[] {
  return [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name as string)
}

function parameters(route: Route): readonly Json[] {
  const { properties = {}, required = [] } = route.params as unknown as ObjectSchema
  const inPath = new Set(pathNames(route))
  const hasQuery = route.method === 'GET' || route.method === 'DELETE' || route.body !== undefined
  const named = Object.entries(properties)
    .filter(([name]) => inPath.has(name) || hasQuery)
    .map(([name, schema]) => ({
      name,
      in: inPath.has(name) ? 'path' : 'query',
      required: inPath.has(name) || required.includes(name),
      schema: modernize(schema),
      example: exampleOf(schema),
    }))
  if (canBeCsv(route)) {
    const description = 'The whole list as a file instead of a page of it.'
    return [
      ...named,
      { name: 'format', in: 'query', required: false, description, schema: { enum: ['csv'] } },
    ]
  }
  if (route.idempotency === undefined) return named
  return [
    ...named,
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      description: 'A name of your choice for this one request; repeated, it answers what it answered first.',
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
      example: '5f0c0d4e-8a3b-4a3e-9d3c-1c2b7a0f4e11',
    },
  ]
}

function requestBody(route: Route): Json {
  if (route.method === 'GET' || route.method === 'DELETE') return {}
  if (route.body) return { requestBody: { required: true, content: { [route.body.mediaType]: {} } } }
  const inPath = new Set(pathNames(route))
  const { properties = {}, required = [], ...rest } = route.params as unknown as ObjectSchema
  const own = Object.entries(properties).filter(([name]) => !inPath.has(name))
  const ownRequired = required.filter((name) => !inPath.has(name))
  const schema = {
    ...rest,
    properties: Object.fromEntries(own),
    ...(ownRequired.length > 0 ? { required: ownRequired } : {}),
  }
  const content = { schema: modernize(schema), example: exampleOf(schema) }
  return { requestBody: { required: ownRequired.length > 0, content: { 'application/json': content } } }
}

function responses(route: Route): Json {
  const catalogue = refusalCatalogue()
  const byStatus = Map.groupBy(
    problemCodesOf(route).flatMap((code) => catalogue.get(code) ?? []),
    ({ status }) => status,
  )
  const problems = [...byStatus].map(([status, entries]) => [
    String(status),
    {
      description: entries.map(({ code, message }) => `\`${code}\` ${message}`).join('\n\n'),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            entries.map(({ code, message }) => [
              code,
              {
                value: { type: problemType(code), title: message, status, instance: '/requests/01J0ZQ3K6Q' },
              },
            ]),
          ),
        },
      },
    },
  ])
  const result = { schema: modernize(route.result), example: exampleOf(route.result) }
  return {
    '200': { description: 'Done', content: { 'application/json': result } },
    ...(Object.fromEntries(problems) as Json),
  }
}

function operation(owner: string, route: Route): Json {
  const isPublic = route.permission === 'public'
  const csrf = route.method === 'GET' ? {} : { csrf: [] }
  return {
    operationId: route.action,
    tags: [owner],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    'x-permission': route.permission,
    ...(route.rateLimit ? { 'x-rate-limit': route.rateLimit } : {}),
    security: isPublic ? [] : [{ session: [], ...csrf }],
    parameters: parameters(route),
    ...requestBody(route),
    responses: responses(route),
  }
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', description: 'Address of a page about the problem.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    retryable: { type: 'boolean', description: 'The same request may succeed later.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}

/** The API as it is at this moment, in OpenAPI 3.1: every route of the kernel and of the enabled plugins. */
export function openApiDocument(routesByOwner: ReadonlyMap<string, readonly Route[]>): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [owner, routes] of routesByOwner) {
    for (const route of routes) {
      const path = `/api${route.path.replace(/:([A-Za-z]+)/g, '{$1}')}`
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(owner, route) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cambium',
      version: '1',
      description:
        'Amounts, prices and quantities are decimal strings in whole units. Times are RFC 3339 in UTC. Refused requests answer application/problem+json.',
    },
    servers: [{ url: '/' }],
    tags: [...routesByOwner.keys()].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'cambium_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token' },
      },
    },
  }
}
