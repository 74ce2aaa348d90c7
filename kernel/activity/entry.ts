/** What became of it: an entry that is written again under its key may have come further. */
export type ActivityState = 'pending' | 'done' | 'failed' | 'canceled'

/** One line of what happened to a user's money or account. */
export interface NewActivity {
  readonly userId: string
  /** As the manifest declares it; gives the icon, and the text unless `title` does. */
  readonly kind: string
  /** Of the same owner and user, the same key is the same entry: written again it only tells the newer state. */
  readonly key: string
  /** Another key of the owner's locales than the kind's; `{name}` in it is filled from `data`. */
  readonly title?: string
  readonly assetId?: string
  /** Signed, in whole units: what came to the user, or left them with a minus. Nothing moved without one. */
  readonly amount?: string
  /** `done` unless said. */
  readonly state?: ActivityState
  /** A path of the portal. */
  readonly link?: string
  readonly data?: Readonly<Record<string, string | number>>
  /** When it happened; now unless said. */
  readonly at?: Date
}

/** A kind of entry, for the filter of the feed and for what an entry looks like. */
export interface ActivityKind {
  /** `spot.order` */
  readonly kind: string
  /** Key in `locales`. */
  readonly title: string
  /** A lucide icon. */
  readonly icon: string
}
