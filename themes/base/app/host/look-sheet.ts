import type { Look } from '@cambium/kernel/theme'

const sheetMark = 'data-cambium-look'
const draftId = 'cambium-look-draft'

/** What the theme editor tells the page in its frame. */
export interface LookDraft {
  readonly kind: 'cambium-look-draft'
  readonly look: Look
  readonly styles: string
  readonly mode: 'light' | 'dark'
}

/** What the page answers as soon as it can take a draft. */
export const lookFrameReady = 'cambium-look-ready'

/** What the server put into the page of an app it does not render. */
export function lookInPage(): Look | null {
  const content = document.head.querySelector<HTMLMetaElement>('meta[name="cambium-look"]')?.content
  return content === undefined ? null : (JSON.parse(content) as Look)
}

/** Puts another theme's sheet into the page; the one before stays until it is there, so that nothing flashes. */
export async function loadLookSheet(href: string): Promise<void> {
  const before = [...document.head.querySelectorAll<HTMLLinkElement>(`link[${sheetMark}]`)]
  if (before.some((link) => link.getAttribute('href') === href)) return
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  link.setAttribute(sheetMark, '')
  const isLoaded = await new Promise<boolean>((resolve) => {
    link.onload = () => resolve(true)
    link.onerror = () => resolve(false)
    document.head.append(link)
  })
  for (const old of isLoaded ? before : [link]) old.remove()
}

/** Whether this page stands in the frame of the theme editor: the page's policy lets nobody else frame it. */
export function isInLookFrame(): boolean {
  return window.parent !== window
}

/** Shows drafts in place of what is published, as the editor sends them. */
export function followDrafts(show: (look: Look) => void): void {
  window.addEventListener('message', ({ origin, data }: MessageEvent<LookDraft | undefined>) => {
    if (origin !== window.location.origin || data?.kind !== 'cambium-look-draft') return
    const sheet = document.getElementById(draftId) ?? document.createElement('style')
    sheet.id = draftId
    sheet.textContent = data.styles
    // Behind every other sheet.
    document.head.append(sheet)
    document.documentElement.classList.toggle('dark', data.mode === 'dark')
    document.documentElement.classList.toggle('light', data.mode === 'light')
    show(data.look)
  })
  window.parent.postMessage(lookFrameReady, window.location.origin)
}
