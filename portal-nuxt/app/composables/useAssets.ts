import { listAssets } from '@cambium/kernel/valuation/routes'

/** All assets with their prices, rendered on the server and read again when the page is come back to. */
export function useAssets() {
  const api = useApi()
  return useKeptData('assets', () => api(listAssets, {}))
}
