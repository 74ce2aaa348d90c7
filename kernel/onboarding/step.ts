/** Something a new user does once, to get from an empty account to using what is here. */
export interface OnboardingStep {
  /** `spot.firstOrder` */
  readonly id: string
  /** Keys in `locales`: what there is to do, why one would, and what the button says. */
  readonly title: string
  readonly body: string
  readonly action: string
  /** A lucide icon. */
  readonly icon: string
  /** Where it is done: a path of the portal. */
  readonly link: string
  /** The lowest open one is shown: 100 for the account, 200 for funds, 300 and more for products. */
  readonly order: number
  /** Who may not do it is not shown it. */
  readonly permission?: string
}

/** Asked until it says yes, which is kept. Null when there is nothing to be done here, for now: then it is not shown. */
export type IsStepDone = (userId: string) => Promise<boolean | null>
