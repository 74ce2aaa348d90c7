import { refusals } from '../contract/index.ts'

export const onboardingRefusals = refusals('onboarding', {
  step_not_found: { status: 404, message: 'This step is not there any more.' },
})
