import type { Api } from '@cambium/kernel/contract'

/** The typed client of the platform's API: `await api(placeOrder, { … })`; throws `ProblemError`. */
export function useApi(): Api {
  return useNuxtApp().$api
}
