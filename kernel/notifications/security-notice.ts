import type { NewNotice } from './notice.ts'

/** What a user is told about; the rest only stands in the history. */
const told: Readonly<Record<string, string>> = {
  signedInFromNewPlace: 'newPlace',
  passwordChanged: 'passwordChanged',
  secondFactorAdded: 'secondFactorAdded',
  secondFactorRemoved: 'secondFactorRemoved',
  secondFactorReset: 'secondFactorReset',
  recoveryCodeUsed: 'recoveryCodeUsed',
  recoveryCodesRenewed: 'recoveryCodesRenewed',
  apiKeyCreated: 'apiKeyCreated',
}

/** The notice of a sign-in or a change to how an account is protected; undefined where none is due. */
export function securityNotice(step: {
  readonly userId: string
  readonly kind: string
  readonly address: string
  readonly browser: string
  readonly system: string
}): Omit<NewNotice & { readonly userId: string }, 'key'> | undefined {
  const { userId, kind, address, browser, system } = step
  const name = told[kind]
  if (name === undefined) return undefined
  const device = [browser, system].filter((word) => word !== '').join(', ')
  return {
    userId,
    kind: `platform.security.${name}`,
    title: `notices.security.${name}.title`,
    body: `notices.security.${name}.body`,
    data: { address, device },
    link: '/settings/security',
  }
}
