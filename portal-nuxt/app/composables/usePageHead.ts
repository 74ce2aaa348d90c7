/** What a public page says of itself to search engines, and to where its address is shared. */
export function usePageHead(page: {
  readonly title: () => string
  readonly description: () => string
}): void {
  const { origin } = useRequestURL()
  const { path } = useRoute()
  const brand = useBrand()
  const address = origin + path
  useHead({ title: page.title, link: [{ rel: 'canonical', href: address }] })
  useSeoMeta({
    description: page.description,
    ogTitle: () => page.title() || brand.value,
    ogDescription: page.description,
    ogType: 'website',
    ogSiteName: brand,
    ogUrl: address,
    twitterCard: 'summary',
  })
}
