import { ProblemError } from '@cambium/kernel/contract'
import {
  contentChanges,
  contentValues,
  contrastFindings,
  withValue,
  type ContrastFinding,
  type ThemeContent,
} from '@cambium/kernel/theme'
import {
  publishTheme,
  restoreRevision,
  saveDraft,
  showTheme,
  type ThemeDetail,
} from '@cambium/kernel/themes/routes'
import { refDebounced } from '@vueuse/core'
import type { ComputedRef, Ref } from 'vue'

const UNDO_MAX = 100
/** A colour that is dragged changes many times a second; its figures may come a moment later. */
const SETTLED_MS = 60

/** Somebody else saved meanwhile, and both changed these values. */
export interface DraftConflict {
  readonly paths: readonly string[]
  resolve(isOurs: boolean): void
}

export interface ThemeDraft {
  readonly theme: Ref<ThemeDetail | null>
  readonly content: Ref<ThemeContent | null>
  readonly error: Ref<unknown>
  readonly findings: ComputedRef<readonly ContrastFinding[]>
  /** Paths that are not saved yet. */
  readonly unsaved: ComputedRef<readonly string[]>
  /** Paths in which the draft differs from what people see. */
  readonly unpublished: ComputedRef<readonly string[]>
  readonly canUndo: ComputedRef<boolean>
  readonly canRedo: ComputedRef<boolean>
  readonly isBusy: Ref<boolean>
  readonly conflict: Ref<DraftConflict | null>
  valueOf(path: string): string | number | null
  originalOf(path: string): string | number | null
  change(path: string, value: string | number | null): void
  undo(): void
  redo(): void
  load(): Promise<void>
  /** False when somebody else was quicker: `conflict` says where, or the draft was merged and can be saved again. */
  save(): Promise<boolean>
  publish(): Promise<void>
  restore(from: number): Promise<void>
}

function merged(base: ThemeContent, ours: ThemeContent, theirs: ThemeContent, isOurs: boolean) {
  const own = contentValues(ours)
  const changedByThem = new Set(contentChanges(base, theirs))
  const changedByUs = contentChanges(base, ours)
  const paths = changedByUs.filter(
    (path) => changedByThem.has(path) && contentValues(theirs).get(path) !== own.get(path),
  )
  const taken = changedByUs.filter((path) => isOurs || !paths.includes(path))
  return {
    paths,
    content: taken.reduce((content, path) => withValue(content, path, own.get(path) ?? null), theirs),
  }
}

/** One theme being edited: every change can be taken back, and nobody's work is written over. */
export function useThemeDraft(themeId: () => string): ThemeDraft {
  const api = useApi()
  const theme = shallowRef<ThemeDetail | null>(null)
  const content = shallowRef<ThemeContent | null>(null)
  const error = shallowRef<unknown>(null)
  const isBusy = ref(false)
  const conflict = shallowRef<DraftConflict | null>(null)
  const before = shallowRef<readonly ThemeContent[]>([])
  const after = shallowRef<readonly ThemeContent[]>([])
  const settled = refDebounced(content, SETTLED_MS)

  function take(detail: ThemeDetail, next: ThemeContent = detail.draft): void {
    theme.value = detail
    content.value = next
  }
  function remember(): void {
    if (content.value) before.value = [...before.value, content.value].slice(-UNDO_MAX)
    after.value = []
  }
  async function load(): Promise<void> {
    error.value = null
    try {
      take(await api(showTheme, { themeId: themeId() }))
    } catch (reason) {
      error.value = reason
    }
  }
  async function busy<T>(work: () => Promise<T>): Promise<T> {
    isBusy.value = true
    try {
      return await work()
    } finally {
      isBusy.value = false
    }
  }

  async function mergeTheirs(base: ThemeContent, ours: ThemeContent): Promise<void> {
    const theirs = await api(showTheme, { themeId: themeId() })
    const { paths, content: next } = merged(base, ours, theirs.draft, true)
    take(theirs, next)
    if (paths.length === 0) return
    conflict.value = {
      paths,
      resolve(isOurs) {
        take(theirs, merged(base, ours, theirs.draft, isOurs).content)
        conflict.value = null
      },
    }
  }

  async function save(): Promise<boolean> {
    const [known, ours] = [theme.value, content.value]
    if (!known || !ours) return false
    try {
      take(await busy(() => api(saveDraft, { themeId: known.id, content: ours, revision: known.revision })))
      return true
    } catch (reason) {
      if (!(reason instanceof ProblemError) || reason.code !== 'themes.changed_meanwhile') throw reason
      await mergeTheirs(known.draft, ours)
      return false
    }
  }

  function step(from: Ref<readonly ThemeContent[]>, to: Ref<readonly ThemeContent[]>): void {
    const next = from.value.at(-1)
    if (!next || !content.value) return
    to.value = [...to.value, content.value]
    from.value = from.value.slice(0, -1)
    content.value = next
  }

  return {
    theme,
    content,
    error,
    isBusy,
    conflict,
    load,
    save,
    findings: computed(() => (settled.value ? contrastFindings(settled.value.tokens) : [])),
    unsaved: computed(() =>
      theme.value && content.value ? contentChanges(theme.value.draft, content.value) : [],
    ),
    unpublished: computed(() =>
      theme.value && content.value ? contentChanges(theme.value.content, content.value) : [],
    ),
    canUndo: computed(() => before.value.length > 0),
    canRedo: computed(() => after.value.length > 0),
    valueOf: (path) => (content.value ? (contentValues(content.value).get(path) ?? null) : null),
    originalOf: (path) => (theme.value ? (contentValues(theme.value.original).get(path) ?? null) : null),
    change(path, value) {
      if (!content.value || contentValues(content.value).get(path) === value) return
      remember()
      content.value = withValue(content.value, path, value)
    },
    undo: () => step(before, after),
    redo: () => step(after, before),
    async publish() {
      const { id = '', revision = 0 } = theme.value ?? {}
      take(await busy(() => api(publishTheme, { themeId: id, revision })))
    },
    async restore(from) {
      const { id = '', revision = 0 } = theme.value ?? {}
      const detail = await busy(() => api(restoreRevision, { themeId: id, from, revision }))
      remember()
      take(detail)
    },
  }
}
