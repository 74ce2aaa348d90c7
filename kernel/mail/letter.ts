/** What a letter says; how it looks is the theme's. */
export interface Letter {
  readonly language: string
  readonly subject: string
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly facts?: readonly { readonly label: string; readonly value: string }[]
  /** The one thing there is to do; the path is the portal's or the admin's. */
  readonly action?: { readonly label: string; readonly path: string }
  /** Why the letter came, and what to do when it should not have. */
  readonly footnote: string
}

export interface NewLetter {
  readonly to: string
  /** `identity.confirmEmail`: for the list of what was sent. */
  readonly kind: string
  readonly letter: Letter
  /** The same key again is the same letter. */
  readonly key: string
  /** What is worth nothing afterwards is not sent late. */
  readonly expiresAt?: Date
}
