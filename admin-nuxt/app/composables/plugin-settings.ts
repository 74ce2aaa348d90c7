import { changeSettings, settingsRefusals, showSettings } from '@cambium/kernel/settings/routes'
import { type ResultOf, ProblemError } from '@cambium/kernel/contract'
import { changedFields, mergeValues, type FormSchema, type FormValues } from '@cambium/ui'
import type { Ref } from 'vue'

type Answer = ResultOf<typeof showSettings>

/** Two people changed the same settings: what each made of the fields in question. */
export interface SettingsConflict {
  readonly fields: readonly string[]
  readonly ours: FormValues
  readonly theirs: FormValues
}

export interface SettingsEditor {
  readonly schema: Ref<FormSchema | null>
  readonly draft: Ref<FormValues>
  readonly secretsSet: Ref<readonly string[]>
  readonly changed: Ref<readonly string[]>
  /** What the platform says about single fields. */
  readonly problems: Ref<Readonly<Record<string, string>>>
  /** Why the settings could not be read, or saved for a reason that belongs to no field. */
  readonly error: Ref<unknown>
  readonly conflict: Ref<SettingsConflict | null>
  readonly isBusy: Ref<boolean>
  load(): Promise<void>
  discard(): void
  /** Answers whether it was saved. */
  save(): Promise<boolean>
  /** Goes on with `values` over what somebody else has saved meanwhile. */
  resolve(values: FormValues): void
}

function isSecret(schema: FormSchema, name: string): boolean {
  return schema.properties[name]?.format === 'secret'
}

/** Plain values: a secret is never told, only whether it is set. */
function plainValues({ schema, values }: Answer): FormValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isSecret(schema as FormSchema, name)))
}

function setSecrets({ schema, values }: Answer): readonly string[] {
  return Object.entries(values)
    .filter(([name, value]) => isSecret(schema as FormSchema, name) && (value as { isSet?: boolean })?.isSet)
    .map(([name]) => name)
}

function fieldsOf(error: ProblemError): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (error.problem.errors ?? []).map(({ pointer, detail }) => [
      pointer.replace(/^#\//, '').replace(/^values\//, ''),
      detail,
    ]),
  )
}

/** Reads a plugin's settings, keeps what is typed apart from what is saved, and saves without losing anybody's change. */
export function useSettingsEditor(pluginId: string): SettingsEditor {
  const api = useApi()
  const answer = shallowRef<Answer | null>(null)
  const draft = shallowRef<FormValues>({})
  const problems = shallowRef<Readonly<Record<string, string>>>({})
  const error = shallowRef<unknown>(null)
  const conflict = shallowRef<SettingsConflict | null>(null)
  const isBusy = ref(false)
  const saved = computed(() => (answer.value ? plainValues(answer.value) : {}))

  function take(next: Answer): void {
    answer.value = next
    draft.value = plainValues(next)
    problems.value = {}
    error.value = null
  }
  async function load(): Promise<void> {
    try {
      take(await api(showSettings, { pluginId }))
    } catch (reason) {
      error.value = reason
    }
  }

  /** What we typed over what somebody else saved: fields only one of us touched need no decision. */
  async function meet(): Promise<boolean> {
    const theirs = await api(showSettings, { pluginId })
    const ours = draft.value
    const merged = mergeValues(saved.value, ours, plainValues(theirs))
    answer.value = theirs
    draft.value = merged.values
    if (merged.conflicts.length === 0) return save()
    conflict.value = { fields: merged.conflicts, ours, theirs: plainValues(theirs) }
    return false
  }

  async function send(): Promise<boolean> {
    if (!answer.value) return false
    try {
      const { revision } = answer.value
      take(await api(changeSettings, { pluginId, values: { ...draft.value }, revision }))
      return true
    } catch (reason) {
      if (!(reason instanceof ProblemError)) throw reason
      if (reason.code === settingsRefusals.changed_meanwhile.code) return meet()
      problems.value = fieldsOf(reason)
      if (Object.keys(problems.value).length === 0) error.value = reason
      return false
    }
  }

  async function save(): Promise<boolean> {
    isBusy.value = true
    try {
      return await send()
    } catch (reason) {
      error.value = reason
      return false
    } finally {
      isBusy.value = false
    }
  }

  return {
    schema: computed(() => (answer.value?.schema as FormSchema | undefined) ?? null),
    draft,
    secretsSet: computed(() => (answer.value ? setSecrets(answer.value) : [])),
    changed: computed(() => changedFields(saved.value, draft.value)),
    problems,
    error,
    conflict,
    isBusy,
    load,
    discard: () => (draft.value = saved.value),
    save,
    resolve(values) {
      draft.value = { ...draft.value, ...values }
      conflict.value = null
    },
  }
}
