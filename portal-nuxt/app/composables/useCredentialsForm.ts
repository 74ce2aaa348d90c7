import type { Ref } from 'vue'

export interface CredentialsForm {
  readonly email: Ref<string>
  readonly password: Ref<string>
  /** Complaints by field; a field loses its own when it is changed. */
  readonly errors: Ref<Readonly<Record<string, string>>>
  readonly general: Ref<string | null>
  readonly isSending: Ref<boolean>
  submit(): Promise<void>
}

interface Options {
  /** Local rules, asked before anything is sent; field → complaint. */
  readonly check: (values: { email: string; password: string }) => Record<string, string>
  readonly send: (values: { email: string; password: string }) => Promise<void>
  /** Refusal code → field it belongs to. */
  readonly fieldOf: Readonly<Record<string, string>>
}

/** What was typed or filled in while the page's script was still on its way, which hydration would wipe out. */
function typedBefore(name: string): string {
  if (import.meta.server || !useNuxtApp().isHydrating) return ''
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.value ?? ''
}

/** E-mail address and password, sent once at a time, with what is wrong shown where it is wrong. */
export function useCredentialsForm({ check, send, fieldOf }: Options): CredentialsForm {
  const { t } = useI18n()
  const problemText = useProblemText()
  const email = ref(typedBefore('email'))
  const password = ref(typedBefore('password'))
  const errors = ref<Readonly<Record<string, string>>>({})
  const general = ref<string | null>(null)
  const isSending = ref(false)

  function forget(field: string): void {
    errors.value = Object.fromEntries(Object.entries(errors.value).filter(([name]) => name !== field))
  }
  watch(email, () => forget('email'))
  watch(password, () => forget('password'))

  async function submit(): Promise<void> {
    if (isSending.value) return
    const values = { email: email.value.trim(), password: password.value }
    general.value = null
    errors.value = check(values)
    if (Object.keys(errors.value).length > 0) return
    isSending.value = true
    try {
      await send(values)
    } catch (error) {
      const problem = formProblem(error, fieldOf, problemText, t('host.unreachable'))
      errors.value = problem.fields
      general.value = problem.general
    } finally {
      isSending.value = false
    }
  }

  return { email, password, errors, general, isSending, submit }
}
