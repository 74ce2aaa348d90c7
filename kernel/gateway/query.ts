import type { TSchema } from 'typebox'

interface PropertySchema {
  readonly type?: string
  readonly items?: PropertySchema
}

const integerText = /^-?(0|[1-9][0-9]{0,15})$/

/** What does not read as the type is left as text: the schema check that follows says so with its pointer. */
function read(text: string, schema: PropertySchema | undefined): unknown {
  switch (schema?.type) {
    case 'integer':
      return integerText.test(text) ? Number(text) : text
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text
  }
}

/** Turns texts of a path or a query into the types the route's schema asks for; a repeated name becomes a list. */
export function readTexts(
  texts: Iterable<readonly [string, string | undefined]>,
  schema: TSchema,
): Record<string, unknown> {
  const properties = ((schema as { properties?: unknown }).properties ?? {}) as Record<string, PropertySchema>
  const params: Record<string, unknown> = {}
  for (const [name, text] of texts) {
    if (text === undefined || name === '__proto__') continue
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (property?.type === 'array') {
      const list = (params[name] as unknown[] | undefined) ?? []
      params[name] = [...list, read(text, property.items)]
    } else {
      params[name] = read(text, property)
    }
  }
  return params
}
