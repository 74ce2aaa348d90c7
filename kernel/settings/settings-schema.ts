import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describeErrors } from '../broker/index.ts'
import type { ValidationError } from '../contract/index.ts'
import type { SettingsSchema } from '../plugins/manifest.ts'
import type { SettingsValues } from './live-settings.ts'

/** A schema of settings, compiled. */
export interface SettingsRules {
  /** Names of the properties that are write-only. */
  readonly secrets: ReadonlySet<string>
  /** What is wrong, and the values with every default applied. */
  check(values: SettingsValues): {
    readonly errors: readonly ValidationError[]
    readonly values: SettingsValues
  }
  /** The same for values that were kept under an older schema: what no longer fits gives way to its default. */
  fit(values: SettingsValues): SettingsValues
}

export const noSettings: SettingsSchema = { type: 'object', properties: {} }

function isSecret(property: object | undefined): boolean {
  return property !== undefined && 'format' in property && property.format === 'secret'
}

/** Throws a sentence when the schema is none. */
export function settingsRules(schema: SettingsSchema): SettingsRules {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    allowUnionTypes: true,
    strict: true,
    verbose: true,
  })
  addFormats.default(ajv)
  ajv.addFormat('secret', true)
  ajv.addFormat('decimal', /^-?(0|[1-9][0-9]*)(\.[0-9]{1,24})?$/)
  // Words of the form that is drawn from the schema.
  ajv.addVocabulary(['unit', 'enumTitles'])
  const validate = ajv.compile({ ...schema, additionalProperties: false })
  const names = Object.keys(schema.properties)

  function check(given: SettingsValues): ReturnType<SettingsRules['check']> {
    const values = structuredClone(given) as Record<string, unknown>
    const errors = validate(values) ? [] : describeErrors(validate.errors ?? [])
    return { errors, values: Object.freeze(values) }
  }

  return {
    secrets: new Set(names.filter((name) => isSecret(schema.properties[name]))),
    check,
    fit(given) {
      const known = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)))
      const first = check(known)
      if (first.errors.length === 0) return first.values
      const wrong = new Set(first.errors.map(({ pointer }) => pointer.split('/')[1]))
      return check(Object.fromEntries(Object.entries(known).filter(([name]) => !wrong.has(name)))).values
    },
  }
}
