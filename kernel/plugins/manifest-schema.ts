import { Array, Boolean, Enum, Integer, Number, Object, Optional, Record, String, Unknown } from 'typebox'
import { Errors } from 'typebox/value'

const closed = { additionalProperties: false }
const line = String({ minLength: 1, maxLength: 200 })
const icon = String({ pattern: '^i-[a-z0-9]+-[a-z0-9-]+$' })
const component = String({ pattern: '^[A-Z][A-Za-z0-9]*$' })
const order = Integer()

const Page = Object(
  {
    id: String({ pattern: '^[a-z][a-z0-9-]*$' }),
    path: String({ pattern: '^/' }),
    title: line,
    component,
    permission: Optional(line),
    layout: Optional(Enum(['standard', 'wide'])),
    help: Optional(line),
  },
  closed,
)

const UserInterface = Object(
  {
    pages: Optional(Array(Page)),
    navigation: Optional(Array(Object({ page: line, title: line, icon, section: line, order }, closed))),
    slots: Optional(
      Array(
        Object(
          {
            slot: String({ pattern: '^[a-z][a-zA-Z0-9-]*(\\.[a-zA-Z0-9-]+)+@[1-9][0-9]*$' }),
            id: line,
            component,
            order,
            permission: Optional(line),
            title: Optional(line),
          },
          closed,
        ),
      ),
    ),
    actions: Optional(
      Array(
        Object(
          {
            id: String({ pattern: '^[a-z][a-z0-9-]*$' }),
            title: line,
            keywords: Optional(line),
            icon,
            to: String({ pattern: '^/(?![/\\\\])' }),
            order,
            permission: Optional(line),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
)

const Route = Object({
  action: line,
  rest: line,
  method: line,
  path: line,
  summary: line,
  permission: line,
  scope: Optional(line),
  params: Object({}),
  result: Unknown(),
  errors: Array(String()),
})

const Job = Object(
  {
    name: line,
    title: line,
    everyMs: Optional(Number({ minimum: 100 })),
    cron: Optional(line),
    timeoutMs: Optional(Integer({ minimum: 1 })),
    attempts: Optional(Integer({ minimum: 1, maximum: 50 })),
  },
  closed,
)

const FilterPoint = Object(
  {
    name: line,
    title: line,
    context: Object({}),
    onFailure: Enum(['open', 'closed']),
    timeoutMs: Integer({ minimum: 1, maximum: 60_000 }),
  },
  closed,
)

const StrategyPoint = Object(
  {
    name: line,
    title: line,
    request: Object({}),
    answer: Object({}),
    timeoutMs: Optional(Integer({ minimum: 1, maximum: 60_000 })),
  },
  closed,
)

const Event = Object({ name: line, title: line, data: Object({}) }, closed)

const Metric = Object(
  {
    name: line,
    kind: Enum(['counter', 'gauge', 'histogram']),
    title: line,
    labels: Optional(Record(String(), Array(line, { minItems: 1, maxItems: 20 }))),
    buckets: Optional(Array(Number(), { minItems: 1, maxItems: 30 })),
  },
  closed,
)

const AlertRule = Object(
  {
    id: line,
    title: line,
    indicator: line,
    subject: Optional(line),
    comparison: Enum(['above', 'below']),
    threshold: Number(),
    forSeconds: Integer({ minimum: 0, maximum: 86_400 }),
    severity: Enum(['info', 'warning', 'critical']),
  },
  closed,
)

/** What TypeScript checks for an author who uses it, checked again for what arrives as code. */
const Manifest = Object(
  {
    id: String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 }),
    version: line,
    kernel: line,
    name: line,
    summary: line,
    description: String({ minLength: 1, maxLength: 5000 }),
    publisher: line,
    category: line,
    icon,
    requires: Optional(Record(String(), String())),
    grants: Optional(
      Object(
        {
          ledgerAccounts: Optional(Array(line)),
          engineMarkets: Optional(Boolean()),
          houseAccounts: Optional(Boolean()),
          outboundHosts: Optional(Array(line)),
          tables: Optional(Array(line)),
          events: Optional(Array(line)),
          filters: Optional(Array(line)),
          strategies: Optional(Array(line)),
          sockets: Optional(Boolean()),
        },
        closed,
      ),
    ),
    permissions: Array(Object({ id: line, title: line, roles: Array(Enum(['user', 'admin'])) }, closed)),
    settings: Optional(
      Object({
        type: Enum(['object']),
        properties: Record(String(), Object({})),
        required: Optional(Array(String())),
      }),
    ),
    memoryMb: Optional(Integer({ minimum: 32, maximum: 8192 })),
    accounts: Optional(Array(Object({ id: line, title: line }, closed))),
    apiScopes: Optional(Array(Object({ id: line, title: line }, closed))),
    routes: Array(Route),
    channels: Optional(Array(Object({ name: line, title: line, access: Enum(['public', 'user']) }, closed))),
    jobs: Optional(Array(Job)),
    filterPoints: Optional(Array(FilterPoint)),
    filters: Optional(Array(Object({ point: line, id: line, order }, closed))),
    strategyPoints: Optional(Array(StrategyPoint)),
    strategies: Optional(Array(Object({ point: line, id: line, title: line }, closed))),
    events: Optional(Object({ emits: Optional(Array(Event)), listens: Optional(Array(line)) }, closed)),
    sockets: Optional(Array(Object({ name: line, path: line, title: line, permission: line }, closed))),
    activity: Optional(Array(Object({ kind: line, title: line, icon }, closed))),
    notices: Optional(Array(Object({ kind: line, title: line, permission: Optional(line) }, closed))),
    metrics: Optional(Array(Metric, { maxItems: 50 })),
    alerts: Optional(Array(AlertRule, { maxItems: 50 })),
    toggles: Optional(
      Array(
        Object(
          {
            id: line,
            title: line,
            description: String({ minLength: 1, maxLength: 500 }),
            isOnByDefault: Boolean(),
          },
          closed,
        ),
        { maxItems: 50 },
      ),
    ),
    tasks: Optional(
      Array(Object({ id: line, title: line, text: line, icon, permission: line }, closed), { maxItems: 20 }),
    ),
    onboarding: Optional(
      Array(
        Object(
          {
            id: line,
            title: line,
            body: line,
            action: line,
            icon,
            order,
            link: String({ pattern: '^/(?![/\\\\])' }),
            permission: Optional(line),
          },
          closed,
        ),
      ),
    ),
    wallets: Optional(
      Array(
        Object(
          { id: line, title: line, icon, order, link: Optional(String({ pattern: '^/(?![/\\\\])' })) },
          closed,
        ),
      ),
    ),
    search: Optional(
      Array(
        Object(
          { id: line, title: line, app: Enum(['portal', 'admin']), permission: Optional(line), order },
          closed,
        ),
      ),
    ),
    ui: Optional(Object({ admin: Optional(UserInterface), portal: Optional(UserInterface) }, closed)),
  },
  closed,
)

/** Sentences about where `manifest` is not shaped as one; empty when it may be used as a `PluginManifest`. */
export function manifestShapeProblems(manifest: unknown): readonly string[] {
  return Errors(Manifest, manifest).map(
    ({ instancePath, message }) =>
      `plugin.ts: ${instancePath === '' ? 'the manifest' : instancePath} ${message}.`,
  )
}
