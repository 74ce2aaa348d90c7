import type { UserInterfaceDeclaration } from './manifest.ts'

/** Every component that the manifest names for one frontend, each once. */
export function componentNames(ui: UserInterfaceDeclaration | undefined): readonly string[] {
  const { pages = [], slots = [] } = ui ?? {}
  return [...new Set([...pages, ...slots].map(({ component }) => component))]
}
