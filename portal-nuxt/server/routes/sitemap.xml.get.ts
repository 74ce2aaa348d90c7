import type { UiManifest } from '@cambium/kernel/ui-manifest'

interface Assets {
  readonly items: readonly { readonly assetId: string }[]
}

interface LegalDocuments {
  readonly items: readonly { readonly document: string }[]
}

const own = ['/', '/assets', '/fees', '/status']

/** Pages of plugins that anybody may see, and that need nothing filled into their address. */
function pagesOf(manifest: UiManifest | null | undefined): string[] {
  return (manifest?.plugins ?? [])
    .flatMap(({ pages }) => pages)
    .filter(({ permission }) => permission === undefined || permission === null)
    .map(({ path }) => path.replace(/\/:\w+\?$/, ''))
    .filter((path) => !path.includes(':'))
}

async function assetPages(apiOrigin: string): Promise<string[]> {
  try {
    const { items } = await $fetch<Assets>(`${apiOrigin}/api/valuation/assets`)
    return items.map(({ assetId }) => `/assets/${encodeURIComponent(assetId)}`)
  } catch {
    return []
  }
}

async function legalPages(apiOrigin: string): Promise<string[]> {
  try {
    const { items } = await $fetch<LegalDocuments>(`${apiOrigin}/api/legal`)
    return items.map(({ document }) => `/legal/${document}`)
  } catch {
    return []
  }
}

export default defineEventHandler(async (event) => {
  const { origin } = getRequestURL(event, { xForwardedHost: true, xForwardedProto: true })
  const manifest = event.context.uiManifest as UiManifest | null | undefined
  const { apiOrigin } = useRuntimeConfig()
  const asked = await Promise.all([assetPages(apiOrigin), legalPages(apiOrigin)])
  const paths = [...own, ...pagesOf(manifest), ...asked.flat()]
  setResponseHeader(event, 'content-type', 'application/xml; charset=utf-8')
  setResponseHeader(event, 'cache-control', 'public, max-age=3600')
  const entries = [...new Set(paths)].map(
    (path) => `<url><loc>${encodeURI(origin + decodeURI(path))}</loc></url>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('')}</urlset>\n`
})
