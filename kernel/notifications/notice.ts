/** What a bell shows. Texts are keys of the owner's locales; `{name}` in them is filled from `data`. */
export interface NewNotice {
  readonly userId: string
  /** `staking.matured`: what happened, for icons and for switching kinds off. */
  readonly kind: string
  readonly title: string
  readonly body: string
  readonly data?: Readonly<Record<string, string | number>>
  /** A path of the portal: `/earn/positions/01J…`. */
  readonly link?: string
  /** A notice of the same owner with the same key is not written again. */
  readonly key: string
}
