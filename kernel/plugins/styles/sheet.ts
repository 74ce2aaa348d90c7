/** The host's style sheets as its build wrote them down; the form is in the README. */
export interface HostStyles {
  readonly entry: string
  readonly stylesheets: Readonly<
    Record<string, { readonly content: string; readonly imports: Readonly<Record<string, string>> }>
  >
  readonly candidates: readonly string[]
}

export interface SheetRequest {
  /** `styles.json` of a frontend. */
  readonly stylesFile: string
  /** Of the enabled plugins; the host's own are in the file. */
  readonly candidates: readonly string[]
  /** Where `<hash>.css` is written. */
  readonly directory: string
}

export interface SheetResult {
  readonly hash: string
}
