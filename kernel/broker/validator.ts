import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import type { ValidationError } from '../contract/index.ts'

/** Returns what is wrong with a value; an empty list means nothing. */
export type Check = (value: unknown) => readonly ValidationError[]

const ERRORS_MAX = 20
const decimalText = /^-?(0|[1-9][0-9]*)(\.[0-9]{1,24})?$/

/**
 * Ajv keeps every schema it ever compiled, and with it the generation the schema came from: hence an instance of its
 * own for each schema, without the meta schema, which would cost more than all the rest.
 */
function compile(schema: TSchema): ValidateFunction {
  const ajv = new Ajv({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    verbose: true,
    meta: false,
    validateSchema: false,
  })
  addFormats.default(ajv, ['date-time', 'date', 'email', 'uuid', 'uri', 'hostname', 'ipv4', 'ipv6'])
  ajv.addFormat('decimal', decimalText)
  return ajv.compile(schema)
}

function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1')
}

function describe(error: ErrorObject): ValidationError {
  const pointer = `#${error.instancePath}`
  const parameters = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${pointer}/${escapePointer(String(parameters.missingProperty))}`,
        detail: 'is required',
      }
    case 'additionalProperties':
      return {
        pointer: `${pointer}/${escapePointer(String(parameters.additionalProperty))}`,
        detail: 'is not known',
      }
    case 'enum':
      return { pointer, detail: `must be one of ${(parameters.allowedValues as unknown[]).join(', ')}` }
    default:
      return { pointer, detail: wording(error) }
  }
}

function wording(error: ErrorObject): string {
  const format = (error.parentSchema as { format?: string } | undefined)?.format
  if (error.keyword !== 'pattern' && error.keyword !== 'format') return error.message ?? 'is not allowed'
  if (format === 'decimal') return 'must be a plain decimal number'
  if (format === 'date-time') return 'must be a moment like 2026-03-29T01:30:00.000Z'
  if (format !== undefined) return `must be a valid ${format}`
  return 'has a form that is not allowed'
}

/** One sentence a place is enough: a malformed decimal breaks its pattern and its format. */
export function describeErrors(errors: readonly ErrorObject[]): readonly ValidationError[] {
  const byText = new Map<string, ValidationError>()
  for (const error of errors.slice(0, ERRORS_MAX)) {
    const described = describe(error)
    byText.set(`${described.pointer} ${described.detail}`, described)
  }
  return [...byText.values()]
}

/** Compiled on first use, so that publishing many routes stays one short step. */
export function checkOf(schema: TSchema): Check {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= compile(schema)
    return validate(value) ? [] : describeErrors(validate.errors ?? [])
  }
}

/** Throws when a schema is none: to be asked before a route is published. */
export function assertSchema(schema: TSchema): void {
  compile(schema)
}
