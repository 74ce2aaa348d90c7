import { listSteps, putOffStep, type Step } from '@cambium/kernel/onboarding/routes'

interface StepChange {
  readonly stepId: string
  readonly state: Step['state']
}

/** The first steps of the account, live: what is done elsewhere is done here. */
export function useNextStep(onDone: (step: Step) => void) {
  const api = useApi()
  const { user } = useSession()
  const { data: steps, refresh } = useKeptData(
    () => `onboarding ${user.value?.id ?? ''}`,
    async () => (await api(listSteps, {})).items,
  )

  const channel = computed(() => (user.value ? 'onboarding.steps:me' : null))
  let wasConnected = false
  useChannel<null, StepChange>(channel, {
    onSnapshot: () => {
      // What changed while the connection was away is not told again.
      if (wasConnected) void refresh()
      wasConnected = true
    },
    onMessage: ({ stepId, state }) => {
      const changed = steps.value?.find(({ id }) => id === stepId)
      if (!changed || changed.state === state) return
      steps.value = steps.value?.map((step) => (step.id === stepId ? { ...step, state } : step))
      if (state === 'done') onDone(changed)
    },
  })

  return {
    steps,
    next: computed(() => steps.value?.find(({ state }) => state === 'open')),
    done: computed(() => steps.value?.filter(({ state }) => state === 'done').length ?? 0),
    async putOff(stepId: string, until: 'nextWeek' | 'never' | 'now'): Promise<void> {
      steps.value = (await api(putOffStep, { stepId, until })).items
    },
  }
}
