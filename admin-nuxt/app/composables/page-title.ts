/** The page's name in the tab and in the browser's history. */
export function usePageTitle(title: () => string): void {
  useHead({ title })
}
