import { Array, Enum, Object, String, type Static } from 'typebox'
import { route } from '../contract/index.ts'
import { onboardingRefusals } from './refusals.ts'

export { onboardingRefusals } from './refusals.ts'

const strict = { additionalProperties: false }

export const Step = Object({
  id: String(),
  owner: String({ description: 'The plugin whose locales have the texts, or `platform`.' }),
  title: String(),
  body: String(),
  action: String(),
  icon: String(),
  link: String(),
  state: Enum(['open', 'done', 'putOff']),
})
export type Step = Static<typeof Step>

const Steps = Object({ items: Array(Step) })

export const listSteps = route({
  action: 'onboarding.steps.list',
  rest: 'GET /onboarding/steps',
  summary: 'List the first steps of the own account, in order',
  description: 'What can not say whether a step is done is left out.',
  permission: 'signedIn',
  params: Object({}, strict),
  result: Steps,
  errors: [],
})

export const putOffStep = route({
  action: 'onboarding.steps.putOff',
  rest: 'POST /onboarding/steps/:stepId/put-off',
  summary: 'Be shown a step in a week, never again, or now after all',
  permission: 'signedIn',
  params: Object(
    {
      stepId: String({ maxLength: 128, pattern: '^[a-zA-Z0-9.-]+$' }),
      until: Enum(['nextWeek', 'never', 'now']),
    },
    strict,
  ),
  result: Steps,
  errors: [onboardingRefusals.step_not_found.code],
})
