import type { IsStepDone, OnboardingStep } from './step.ts'

/** What everybody does first, whatever products there are. */
export const platformSteps: readonly OnboardingStep[] = [
  {
    id: 'platform.confirmEmail',
    order: 50,
    icon: 'i-lucide-mail-check',
    link: '/settings',
    title: 'onboarding.confirmEmail.title',
    body: 'onboarding.confirmEmail.body',
    action: 'onboarding.confirmEmail.action',
  },
  {
    id: 'platform.secure',
    order: 100,
    icon: 'i-lucide-shield-check',
    link: '/settings/security',
    title: 'onboarding.secure.title',
    body: 'onboarding.secure.body',
    action: 'onboarding.secure.action',
  },
  {
    id: 'platform.funds',
    order: 200,
    icon: 'i-lucide-arrow-down-to-line',
    link: '/wallet',
    title: 'onboarding.funds.title',
    body: 'onboarding.funds.body',
    action: 'onboarding.funds.action',
  },
]

interface Balance {
  readonly available: string
  readonly held: string
}

export interface PlatformStepParts {
  hasSecondFactor(userId: string): Promise<boolean>
  isEmailConfirmed(userId: string): Promise<boolean>
  /** Without letters there is nothing to confirm an address with. */
  canSendLetters(): boolean
  /** By the beginning of the id. */
  accounts(
    prefix: string,
    limit: number,
  ): Promise<{ readonly items: readonly { readonly balances: readonly Balance[] }[] }>
}

const WALLETS_MAX = 20
const isSomething = (amount: string): boolean => /[1-9]/.test(amount)

export function platformStepChecks(parts: PlatformStepParts): Readonly<Record<string, IsStepDone>> {
  return {
    'platform.confirmEmail': async (userId) => {
      if (await parts.isEmailConfirmed(userId)) return true
      return parts.canSendLetters() ? false : null
    },
    'platform.secure': (userId) => parts.hasSecondFactor(userId),
    'platform.funds': async (userId) => {
      const { items } = await parts.accounts(`user:${userId}/`, WALLETS_MAX)
      return items.some(({ balances }) =>
        balances.some(({ available, held }) => isSomething(available) || isSomething(held)),
      )
    },
  }
}
