export { createOnboarding, type Onboarding, type OnboardingOptions } from './onboarding.ts'
export { platformStepChecks, platformSteps } from './platform-steps.ts'
export type { IsStepDone, OnboardingStep } from './step.ts'
