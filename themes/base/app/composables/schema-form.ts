/** A JSON Schema as settings declare it, drawn by CSchemaForm. Words beyond JSON Schema: `unit`, `enumTitles`. */
export interface FormSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, FormProperty>>
  readonly required?: readonly string[]
}

export interface FormProperty {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly (string | number)[]
  readonly enumTitles?: Readonly<Record<string, string>>
  /** Drawn behind the field: `ms`, `USDT`. */
  readonly unit?: string
  /** `secret` is written and never read; `decimal`, `email` and `uri` are checked. */
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly items?: FormProperty
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, FormProperty>>
  readonly required?: readonly string[]
}

export type FormValues = Readonly<Record<string, unknown>>

export type FieldKind =
  'switch' | 'choice' | 'number' | 'text' | 'lines' | 'secret' | 'list' | 'choices' | 'group' | 'json'

/** A complaint as a translation key below `kit.form.problem`, and what the sentence names. */
export interface FieldProblem {
  readonly key: string
  readonly values: Readonly<Record<string, string | number>>
}

/** From so many characters on a text gets several lines. */
const linesFrom = 256

export function fieldKind(property: FormProperty): FieldKind {
  if (property.format === 'secret') return 'secret'
  if (property.enum) return 'choice'
  switch (property.type) {
    case 'boolean':
      return 'switch'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return property.format === 'multiline' || (property.maxLength ?? 0) >= linesFrom ? 'lines' : 'text'
    case 'array':
      if (property.items?.enum) return 'choices'
      return property.items?.type === 'string' ? 'list' : 'json'
    case 'object':
      return property.properties ? 'group' : 'json'
    default:
      return 'json'
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function numberProblem(property: FormProperty, value: number): FieldProblem | null {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type } = property
  if (type === 'integer' && !Number.isSafeInteger(value)) return { key: 'integer', values: {} }
  if (minimum !== undefined && value < minimum) return { key: 'minimum', values: { minimum } }
  if (maximum !== undefined && value > maximum) return { key: 'maximum', values: { maximum } }
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return { key: 'above', values: { minimum: exclusiveMinimum } }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return { key: 'below', values: { maximum: exclusiveMaximum } }
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    return { key: 'multipleOf', values: { step: multipleOf } }
  return null
}

const formats: Readonly<Record<string, RegExp>> = {
  decimal: /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
}

function textProblem(property: FormProperty, value: string): FieldProblem | null {
  const { minLength, maxLength, pattern, format } = property
  if (minLength !== undefined && value.length < minLength) return { key: 'minLength', values: { minLength } }
  if (maxLength !== undefined && value.length > maxLength) return { key: 'maxLength', values: { maxLength } }
  const form = formats[format ?? '']
  if (form && !form.test(value)) return { key: format ?? '', values: {} }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return { key: 'pattern', values: {} }
  return null
}

/** What is wrong with one value, or null. The server checks again; this answers while one types. */
export function fieldProblem(
  property: FormProperty,
  value: unknown,
  isRequired: boolean,
): FieldProblem | null {
  const kind = fieldKind(property)
  if (isEmpty(value)) return isRequired && kind !== 'secret' ? { key: 'required', values: {} } : null
  if (kind === 'number')
    return typeof value === 'number' ? numberProblem(property, value) : { key: 'number', values: {} }
  if (kind === 'json') return typeof value === 'string' ? { key: 'json', values: {} } : null
  if (typeof value === 'string' && kind !== 'choice') return textProblem(property, value)
  if (!Array.isArray(value)) return null
  const { minItems, maxItems, items } = property
  if (minItems !== undefined && value.length < minItems) return { key: 'minItems', values: { minItems } }
  if (maxItems !== undefined && value.length > maxItems) return { key: 'maxItems', values: { maxItems } }
  const bad = value.find((one) => typeof one === 'string' && items && textProblem(items, one) !== null)
  return bad === undefined ? null : { key: 'item', values: { item: String(bad) } }
}

/** Every complaint, by the field's path: `fee`, `limits/daily`. Empty when the values may be sent. */
export function formProblems(
  schema: Pick<FormProperty, 'properties' | 'required'>,
  values: FormValues,
  prefix = '',
): Readonly<Record<string, FieldProblem>> {
  const found: Record<string, FieldProblem> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = values[name]
    if (fieldKind(property) === 'group') {
      Object.assign(found, formProblems(property, (value ?? {}) as FormValues, `${prefix}${name}/`))
      continue
    }
    const problem = fieldProblem(property, value, schema.required?.includes(name) ?? false)
    if (problem) found[prefix + name] = problem
  }
  return found
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left ?? null) === JSON.stringify(right ?? null)
}

/** Nothing else was said. Of a secret nobody knows. */
export function isDefault(property: FormProperty, value: unknown): boolean {
  if (property.format === 'secret') return true
  return isSame(value === '' ? undefined : value, property.default === '' ? undefined : property.default)
}

/** The fields whose values differ. */
export function changedFields(before: FormValues, after: FormValues): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isSame(before[name], after[name]))
}

export interface MergedValues {
  /** Theirs, with what only we changed; where both changed, ours. */
  readonly values: FormValues
  /** Fields that both changed, to different values: somebody has to decide. */
  readonly conflicts: readonly string[]
}

/** Brings together two changes to the same values, so that neither is lost without being seen. */
export function mergeValues(base: FormValues, ours: FormValues, theirs: FormValues): MergedValues {
  const mine = changedFields(base, ours)
  const changedByThem = new Set(changedFields(base, theirs))
  return {
    values: { ...theirs, ...Object.fromEntries(mine.map((name) => [name, ours[name]])) },
    conflicts: mine.filter((name) => changedByThem.has(name) && !isSame(ours[name], theirs[name])),
  }
}
