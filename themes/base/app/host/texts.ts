import { nestMessages, type Messages } from './plugin-module.ts'

/** By owner (`base`, `portal`, `admin` or a plugin's id) and key: what an operator says in place of what was shipped. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, string>>>>

interface Library {
  getLocaleMessage(locale: string): unknown
  mergeLocaleMessage(locale: string, messages: Messages): void
}

export interface Texts {
  /** Adds what was shipped; what an operator has put in its place stays. */
  ship(locale: string, messages: Messages): void
  /** Puts exactly these in place; what was said otherwise before becomes again what was shipped. */
  override(locale: string, overrides: Overrides): void
}

/** Shells have their keys at the top, plugins below their id. */
function fullKeys(overrides: Overrides, app: string): Map<string, string> {
  return new Map(
    Object.entries(overrides).flatMap(([owner, texts]) => {
      const isShell = owner === 'base' || owner === app
      // The other shell's texts: keys may be the same there and mean something else.
      if (!isShell && (owner === 'portal' || owner === 'admin')) return []
      return Object.entries(texts).map(([key, text]): [string, string] => [
        isShell ? key : `${owner}.${key}`,
        text,
      ])
    }),
  )
}

function textAt(messages: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], messages)
}

/** The texts of a tab or a page being rendered, in two layers: shipped, and an operator's over it. */
export function createTexts(library: Library, app: string): Texts {
  const over = new Map<string, Map<string, string>>()
  const shipped = new Map<string, Map<string, unknown>>()

  function layer<T>(layers: Map<string, Map<string, T>>, locale: string): Map<string, T> {
    const known = layers.get(locale) ?? new Map<string, T>()
    layers.set(locale, known)
    return known
  }
  function merge(locale: string, texts: Iterable<readonly [string, unknown]>): void {
    library.mergeLocaleMessage(locale, nestMessages(Object.fromEntries(texts) as Messages))
  }
  /** Remembers what lies below, then covers it. */
  function cover(locale: string, texts: ReadonlyMap<string, string>): void {
    if (texts.size === 0) return
    const below = layer(shipped, locale)
    const messages = library.getLocaleMessage(locale)
    for (const key of texts.keys()) {
      const text = textAt(messages, key)
      if (text !== texts.get(key)) below.set(key, text)
    }
    merge(locale, texts)
  }

  return {
    ship(locale, messages) {
      library.mergeLocaleMessage(locale, nestMessages(messages))
      cover(locale, layer(over, locale))
    },
    override(locale, overrides) {
      const before = layer(over, locale)
      const next = fullKeys(overrides, app)
      const below = layer(shipped, locale)
      const gone = [...before.keys()].filter((key) => !next.has(key))
      const back = gone.flatMap((key) =>
        below.get(key) === undefined ? [] : [[key, below.get(key)] as const],
      )
      if (back.length > 0) merge(locale, back)
      const changed = [...next].filter(([key, text]) => before.get(key) !== text)
      // What lies below is remembered from before the first change only.
      for (const [key] of changed) if (before.has(key)) merge(locale, [[key, below.get(key) ?? '']])
      over.set(locale, next)
      cover(locale, new Map(changed))
    },
  }
}
