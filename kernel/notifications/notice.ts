/** Who is told: one user, or everybody who holds a permission (operators, mostly). */
export type Recipient =
  | { readonly userId: string; readonly permission?: never }
  | { readonly permission: string; readonly userId?: never }

/** What a bell shows. Texts are keys of the owner's locales; `{name}` in them is filled from `data`. */
export type NewNotice = Recipient & {
  /** `staking.matured`: what happened, for icons and for switching kinds off. */
  readonly kind: string
  readonly title: string
  readonly body: string
  readonly data?: Readonly<Record<string, string | number>>
  /** A path of the portal (or of the admin, for operators): `/earn/positions/01J…`. */
  readonly link?: string
  /** A notice of the same owner to the same user with the same key is not written again. */
  readonly key: string
}
