/** What a key of a program may be allowed: each route names at most one, and a route that names none takes no key. */
export interface ApiScope {
  /** `read`, `trade`; one word, the same for every plugin that means the same. */
  readonly id: string
  /** Key of its name in the locale file, `scopes.futures`. */
  readonly title: string
}

/** Scopes of the platform itself; plugins add theirs in `apiScopes` of the manifest. */
export const platformScopes = ['read', 'trade', 'transfer'] as const
