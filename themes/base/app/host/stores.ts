import type { Pinia, StoreGeneric } from 'pinia'

/** Pinia keeps its stores here; a plugin's are named `<plugin>/…`. */
function storesOf(pinia: Pinia, pluginId: string): StoreGeneric[] {
  const stores = (pinia as unknown as { readonly _s: Map<string, StoreGeneric> })._s
  return [...stores].filter(([id]) => id.startsWith(`${pluginId}/`)).map(([, store]) => store)
}

/** Ends the old build's stores and keeps their state, which the new build's stores of the same names adopt. */
export function handOverStores(pinia: Pinia, pluginId: string): void {
  for (const store of storesOf(pinia, pluginId)) store.$dispose()
}

export function dropStores(pinia: Pinia, pluginId: string): void {
  handOverStores(pinia, pluginId)
  for (const id of Object.keys(pinia.state.value)) {
    if (id.startsWith(`${pluginId}/`)) delete pinia.state.value[id]
  }
}
