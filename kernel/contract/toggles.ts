/** Something that can be on for some users and off for others, as its owner declares it. */
export interface ToggleDeclaration {
  /** `staking.autoCompound`; the platform's own begin with `platform.`. */
  readonly id: string
  /** For operators: what is on while it is on. */
  readonly title: string
  readonly description: string
  /** As long as no operator has said otherwise. */
  readonly isOnByDefault: boolean
}

/** Declares a feature toggle. */
export function toggleOf(declaration: ToggleDeclaration): ToggleDeclaration {
  return Object.freeze(declaration)
}
