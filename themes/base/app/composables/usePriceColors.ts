import type { Ref } from 'vue'

export type PriceColors = 'standard' | 'distinct'

/** Green and red, or blue and orange for who cannot tell those apart. A cookie, so that the server draws them right. */
export function usePriceColors(): Ref<PriceColors> {
  return useCookie<PriceColors>('cambium_price_colors', {
    default: () => 'standard',
    maxAge: 31_536_000,
    path: '/',
    sameSite: 'lax',
  })
}
