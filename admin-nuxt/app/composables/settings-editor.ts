import { changeSettings, restoreSettings, showSettings } from '@cambium/kernel/settings/routes'
import { type ResultOf, ProblemError } from '@cambium/kernel/contract'
import type { FormSchema, FormValues } from '@cambium/ui'
import type { Ref } from 'vue'

export type SettingsAnswer = ResultOf<typeof showSettings>

/** Two people changed the same settings: what each made of the fields in question. */
export interface SettingsConflict {
  readonly fields: readonly string[]
  readonly ours: FormValues
  readonly theirs: FormValues
}

export interface SettingsEditor {
  readonly answer: Readonly<Ref<SettingsAnswer | null>>
  readonly schema: Ref<FormSchema | null>
  readonly draft: Ref<FormValues>
  readonly secretsSet: Ref<readonly string[]>
  readonly saved: Ref<FormValues>
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
  /** Goes back to a revision, in all fields or in some; answers whether it was done. */
  restore(to: number, names?: readonly string[]): Promise<boolean>
  /** Somebody saved, here or elsewhere: what is typed meets it. */
  renew(next: SettingsAnswer): void
  /** Goes on with `values` over what somebody else has saved meanwhile. */
  resolve(values: FormValues): void
}

function isSecret(schema: FormSchema, name: string): boolean {
  return schema.properties[name]?.format === 'secret'
}

/** Plain values: a secret is never told, only whether it is set. */
function plainValues({ schema, values }: SettingsAnswer): FormValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isSecret(schema as FormSchema, name)))
}

function setSecrets({ schema, values }: SettingsAnswer): readonly string[] {
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

/** What one makes of an owner's settings, and how it meets what others make of them. */
function useDraft() {
  const answer = shallowRef<SettingsAnswer | null>(null)
  const draft = shallowRef<FormValues>({})
  const conflict = shallowRef<SettingsConflict | null>(null)
  const saved = computed(() => (answer.value ? plainValues(answer.value) : {}))
  const changed = computed(() => changedFields(saved.value, draft.value))

  function take(next: SettingsAnswer): void {
    answer.value = next
    draft.value = plainValues(next)
  }
  /** What we typed over what somebody else saved; answers whether nobody has to decide. */
  function meet(theirs: SettingsAnswer): boolean {
    const ours = draft.value
    const merged = mergeValues(saved.value, ours, plainValues(theirs))
    answer.value = theirs
    draft.value = merged.values
    if (merged.conflicts.length === 0) return true
    conflict.value = { fields: merged.conflicts, ours, theirs: plainValues(theirs) }
    return false
  }
  return { answer, draft, conflict, saved, changed, take, meet }
}

/** Keeps what is typed apart from what is saved, and saves without losing anybody's change. */
export function useSettingsEditor(pluginId: string, first?: SettingsAnswer): SettingsEditor {
  const api = useApi()
  const { answer, draft, conflict, saved, changed, take: keep, meet } = useDraft()
  const problems = shallowRef<Readonly<Record<string, string>>>({})
  const error = shallowRef<unknown>(null)
  const isBusy = ref(false)
  const stale = useEditConflict<SettingsAnswer>()

  function take(next: SettingsAnswer): void {
    keep(next)
    problems.value = {}
    error.value = null
  }
  if (first) take(first)

  async function load(): Promise<void> {
    try {
      take(await api(showSettings, { pluginId }))
    } catch (reason) {
      error.value = reason
    }
  }

  /** Writes over the revision that was read; a stale write meets what is there instead. */
  async function write(
    work: (revision: number) => Promise<SettingsAnswer>,
    isDraft: boolean,
  ): Promise<boolean> {
    const next = await stale.attempt(() => work(answer.value?.revision ?? 0))
    if (next) {
      take(next)
      return true
    }
    if (!stale.conflict.value) return false
    const isDecided = meet(stale.conflict.value.theirs)
    return isDecided && isDraft ? send() : false
  }
  const send = (): Promise<boolean> =>
    write((revision) => api(changeSettings, { pluginId, values: { ...draft.value }, revision }), true)

  async function guarded(work: () => Promise<boolean>): Promise<boolean> {
    isBusy.value = true
    try {
      return await work()
    } catch (reason) {
      problems.value = reason instanceof ProblemError ? fieldsOf(reason) : {}
      if (Object.keys(problems.value).length === 0) error.value = reason
      return false
    } finally {
      isBusy.value = false
    }
  }

  return {
    schema: computed(() => (answer.value?.schema as FormSchema | undefined) ?? null),
    secretsSet: computed(() => (answer.value ? setSecrets(answer.value) : [])),
    answer,
    draft,
    saved,
    changed,
    problems,
    error,
    conflict,
    isBusy,
    load,
    discard: () => (draft.value = saved.value),
    save: () => guarded(send),
    restore: (to, names) =>
      guarded(() =>
        write(
          (revision) =>
            api(restoreSettings, { pluginId, to, revision, ...(names ? { names: [...names] } : {}) }),
          false,
        ),
      ),
    renew(next) {
      if (next.revision === answer.value?.revision) return
      if (changed.value.length === 0) take(next)
      else meet(next)
    },
    resolve(values) {
      draft.value = { ...draft.value, ...values }
      conflict.value = null
    },
  }
}
