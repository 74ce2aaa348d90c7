import type { Look } from '@cambium/kernel/theme'
import type { ComputedRef, Ref } from 'vue'

/** The theme in use, as it is now; null until the kernel has told, which is the base theme. */
export function useLook(): Ref<Look | null> {
  return useState<Look | null>('cambium:look', () => null)
}

/** The name the platform goes by. */
export function useBrand(): ComputedRef<string> {
  const look = useLook()
  return computed(() => look.value?.brand ?? 'Cambium')
}

/** Told after the theme's colours have changed in this tab, for what has painted them on a canvas. */
export function onLookChange(listener: () => void): void {
  const look = useLook()
  const colorMode = useColorMode()
  // The class on <html> switches the colours; they can be read once the browser has applied it.
  watch([() => look.value?.hash, () => colorMode.value], () => requestAnimationFrame(listener))
}
