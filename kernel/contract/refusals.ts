export interface RefusalDeclaration {
  /** HTTP status. */
  readonly status: number
  readonly message: string
  /** The same request may succeed later. */
  readonly retryable?: boolean
}

export type RefusalData = Readonly<Record<string, unknown>>

/**
 * An expected, typed "no" that is part of a route's contract. The field names are Moleculer's, so that it survives
 * a network hop: there it arrives as a plain Error with the same fields, so compare `type`, never `instanceof`.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** HTTP status. */
  readonly code: number
  /** Our code, `owner.reason`. */
  readonly type: string
  readonly data: RefusalData
  readonly retryable: boolean

  constructor(type: string, declaration: RefusalDeclaration, data: RefusalData) {
    super(declaration.message)
    this.type = type
    this.code = declaration.status
    this.data = data
    this.retryable = declaration.retryable ?? false
  }
}

export interface RefusalFactory extends RefusalDeclaration {
  (data?: RefusalData): Refusal
  /** `owner.reason`, for a route's `errors` and for comparisons with `error.type`. */
  readonly code: string
}

export interface CatalogueEntry extends RefusalDeclaration {
  readonly code: string
}

const catalogue = new Map<string, CatalogueEntry>()

/** Every refusal declared so far in this process, by code; the problem pages and the API documentation read it. */
export function refusalCatalogue(): ReadonlyMap<string, CatalogueEntry> {
  return catalogue
}

/** Declares an owner's refusals; each becomes a function that makes the error to throw. */
export function refusals<K extends string>(
  owner: string,
  declarations: Record<K, RefusalDeclaration>,
): Readonly<Record<K, RefusalFactory>> {
  const entries = Object.entries<RefusalDeclaration>(declarations).map(([reason, declaration]) => {
    const code = `${owner}.${reason}`
    catalogue.set(code, { ...declaration, code })
    const factory = (data: RefusalData = {}): Refusal => new Refusal(code, declaration, data)
    return [reason, Object.assign(factory, { ...declaration, code })]
  })
  return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<K, RefusalFactory>>
}

export interface ValidationError {
  /** JSON pointer to the value: `#/price`. */
  readonly pointer: string
  readonly detail: string
}

const validation: CatalogueEntry = {
  code: 'validation',
  status: 400,
  message: 'The request does not have the form this route asks for.',
}
catalogue.set(validation.code, validation)

/** Refuses a request that does not match its route's schema. The one code without an owner: every route can answer it. */
export function validationRefusal(errors: readonly ValidationError[]): Refusal {
  return new Refusal(validation.code, validation, { errors })
}
