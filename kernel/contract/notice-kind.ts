/** What users may choose to be told of, and where. */
export interface NoticeKind {
  /** `staking.released`: as notices of it have it, or the beginning of several: `platform.security`. */
  readonly kind: string
  /** Key in `locales`: what happened, as a line of a list. */
  readonly title: string
  /** Only those who hold it get such notices, so only they are asked. */
  readonly permission?: string
}
