import type { Ref } from 'vue'

export type Density = 'comfortable' | 'compact'

/** How close rows stand. A cookie, so that the server draws them right. */
export function useDensity(): Ref<Density> {
  return useCookie<Density>('cambium_density', {
    default: () => 'comfortable',
    maxAge: 31_536_000,
    path: '/',
    sameSite: 'lax',
  })
}
