import type { FieldKind } from './schema-form.ts'

/** What a typed field shows of a value. */
export function textOf(kind: FieldKind, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'json' && typeof value !== 'string') return JSON.stringify(value, null, 2)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The value a typed text stands for; what cannot be read stays text, so that it is shown and complained about. */
export function valueOf(kind: FieldKind, text: string): unknown {
  if (text.trim() === '') return undefined
  if (kind === 'json') return readJson(text)
  if (kind !== 'number') return text
  const trimmed = text.trim()
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed
}
