interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema | readonly Schema[]
  readonly minimum?: number
  readonly examples?: readonly unknown[]
}

const byFormat: Readonly<Record<string, string>> = {
  decimal: '0.015',
  'date-time': '2026-03-29T01:30:00.000Z',
  date: '2026-03-29',
  email: 'ada@example.com',
  uuid: '5f0c0d4e-8a3b-4a3e-9d3c-1c2b7a0f4e11',
  uri: 'https://example.com/',
}

/** Names whose meaning a reader knows better than `"text"`. */
const byName: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  password: 'correct horse battery',
  currentPassword: 'correct horse battery',
  newPassword: 'staple battery horse',
  marketId: 'BTC-USDT',
  assetId: 'USDT',
  asset: 'USDT',
  pluginId: 'spot',
}

function textExample({ format }: Schema, name: string): string {
  const known = byName[name] ?? (format === undefined ? undefined : byFormat[format])
  if (known !== undefined) return known
  return name === 'id' || name.endsWith('Id') ? '42' : 'text'
}

function objectExample({ properties = {} }: Schema): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, exampleOf(schema, name)]),
  )
}

/** A value the schema allows, good enough to show its form. */
export function exampleOf(schema: object, name = ''): unknown {
  const known = schema as Schema
  if (known.examples) return known.examples[0]
  if (known.const !== undefined) return known.const
  if (known.enum) return known.enum[0]
  if (known.anyOf) return exampleOf(known.anyOf[0] ?? {}, name)
  switch (known.type) {
    case 'string':
      return textExample(known, name)
    case 'integer':
    case 'number':
      return known.minimum ?? 1
    case 'boolean':
      return true
    case 'array':
      return Array.isArray(known.items)
        ? known.items.map((item: Schema) => exampleOf(item))
        : known.items
          ? [exampleOf(known.items, name)]
          : []
    case 'object':
      return objectExample(known)
    default:
      return null
  }
}
