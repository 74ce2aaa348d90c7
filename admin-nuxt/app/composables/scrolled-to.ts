import { useEventListener, useThrottleFn } from '@vueuse/core'
import type { Ref } from 'vue'

const LINE_PX = 180

/** The id of the section that is being read: the last one that has begun above a line near the top. */
export function useScrolledTo(ids: () => readonly string[]): Readonly<Ref<string>> {
  const current = ref('')
  function look(): void {
    const begun = ids().filter((id) => {
      const section = document.getElementById(id)
      return section !== null && section.getBoundingClientRect().top <= LINE_PX
    })
    const isAtEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2
    const last = isAtEnd && window.scrollY > 0 ? ids().at(-1) : begun.at(-1)
    current.value = last ?? ids()[0] ?? ''
  }
  useEventListener('scroll', useThrottleFn(look, 50, true), { passive: true })
  useEventListener('resize', look)
  watch(ids, () => void nextTick(look), { immediate: true })
  onMounted(look)
  return current
}
