import type { Ref } from 'vue'

/** Whether what people own is kept from the eyes beside them. Whoever keeps the choice writes it here, before anything is drawn. */
export function useAmountsHidden(): Ref<boolean> {
  return useState('cambium:amounts-hidden', () => false)
}
