import { createParser, detectHtmlTag, type Node } from '@intlify/message-compiler'
import type { Refusal } from '../contract/index.ts'
import { pluralForms } from './plural-form.ts'
import { translationsRefusals } from './refusals.ts'

// Numbers of the parser's nodes; its own enum exists for the type checker only.
const kinds = { plural: 1, message: 2, named: 4, list: 5, linked: 6 } as const

interface Shape {
  /** Forms for different numbers; one where the text does not tell numbers apart. */
  readonly forms: number
  readonly placeholders: ReadonlySet<string>
  readonly hasLinks: boolean
}

type Parsed = Node & {
  readonly key?: string
  readonly index?: number
  readonly body?: Parsed
  readonly cases?: readonly Parsed[]
  readonly items?: readonly Parsed[]
}

function shapeOf(text: string): Shape | string {
  let fault: string | undefined
  const parser = createParser({ onError: (error) => (fault ??= error.message), location: false })
  const tree = parser.parse(text) as unknown as Parsed
  // The parser drops a brace that nothing follows.
  if (/\{\s*$/.test(text)) fault ??= 'Unterminated closing brace'
  if (fault !== undefined) return fault
  const placeholders = new Set<string>()
  let hasLinks = false
  const walk = (node: Parsed): void => {
    if (node.type === kinds.named && node.key !== undefined) placeholders.add(node.key)
    if (node.type === kinds.list) placeholders.add(String(node.index))
    if (node.type === kinds.linked) hasLinks = true
    for (const part of node.cases ?? node.items ?? []) walk(part)
  }
  if (tree.body) walk(tree.body)
  return { forms: tree.body?.cases?.length ?? 1, placeholders, hasLinks }
}

function without(names: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !others.has(name))
}

/** Why `text` cannot stand for `english` in a language; undefined when it can. */
export function textFault(locale: string, english: string, text: string): Refusal | undefined {
  if (text.trim() === '') return translationsRefusals.text_is_empty()
  if (detectHtmlTag(text)) return translationsRefusals.html_not_allowed()
  const shape = shapeOf(text)
  if (typeof shape === 'string') return translationsRefusals.syntax_not_valid({ reason: shape })
  const model = shapeOf(english)
  if (typeof model === 'string') return undefined
  if (shape.hasLinks && !model.hasLinks)
    return translationsRefusals.syntax_not_valid({ reason: "Write {'@'} for the sign @." })
  // A form such as *one* may well be said without its number.
  const isCounted = model.forms > 1
  const missing = without(model.placeholders, shape.placeholders).filter(
    (name) => !(isCounted && name === 'count'),
  )
  const unknown = without(shape.placeholders, model.placeholders)
  if (missing.length > 0 || unknown.length > 0)
    return translationsRefusals.placeholders_must_match({ missing, unknown })
  const forms = isCounted ? pluralForms(locale) : []
  // One form for all numbers is right as well: `{count} selected`.
  if (shape.forms > 1 && shape.forms !== forms.length)
    return translationsRefusals.plural_forms_must_match({ forms })
  return undefined
}
