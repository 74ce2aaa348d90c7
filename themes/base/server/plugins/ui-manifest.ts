import type { Look } from '@cambium/kernel/theme'
import type { UiManifest } from '@cambium/kernel/ui-manifest'
import { io, type Socket } from 'socket.io-client'
import type { Overrides } from '../../app/host/texts.ts'
import { languages } from '../../languages.ts'

type Answer<T> = { readonly ok: true; readonly snapshot: T | null } | { readonly ok: false }

const pollMs = 5_000
/** How long the first pages wait for a kernel that is just starting. */
const firstAnswerMs = 2_000

/** What a channel of the kernel tells, kept in memory; while the channel is down, asked for over HTTP. */
function follow<T>(socket: Socket, channel: string, address: string) {
  let newest: T | null = null

  async function ask(): Promise<void> {
    const response = await fetch(address, { signal: AbortSignal.timeout(firstAnswerMs) })
    if (response.ok) newest = (await response.json()) as T
  }
  socket.on('connect', () => {
    socket.emit('subscribe', { channel }, (answer: Answer<T>) => {
      if (answer.ok && answer.snapshot) newest = answer.snapshot
    })
  })
  socket.on('message', (message: { channel: string; data: T | null }) => {
    if (message.channel === channel && message.data) newest = message.data
  })
  return {
    renew: () => ask().catch(() => undefined),
    async now(): Promise<T | null> {
      if (!newest) await ask().catch(() => undefined)
      return newest
    },
  }
}

/**
 * Keeps what the enabled plugins show, and how it looks, in this process's memory and gives every request the same picture
 * to render and to send along.
 */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender || process.env.PORTAL_REHEARSAL) return
  const { apiOrigin, public: config } = useRuntimeConfig()
  const socket = io(apiOrigin, {
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
  })
  const { app } = config
  const manifest = follow<UiManifest>(socket, `platform.ui:${app}`, `${apiOrigin}/api/platform/ui/${app}`)
  const look = follow<Look>(socket, `themes.look:${app}`, `${apiOrigin}/api/themes/looks/${app}`)
  const translations = languages.map(({ code }) => ({
    code,
    texts: follow<{ overrides: Overrides }>(
      socket,
      `translations.overrides:${code}`,
      `${apiOrigin}/api/translations/overrides/${code}`,
    ),
  }))
  const poll = setInterval(() => {
    const followed = [manifest, look, ...translations.map(({ texts }) => texts)]
    if (!socket.connected) void Promise.all(followed.map(({ renew }) => renew()))
  }, pollMs)
  nitro.hooks.hook('close', () => {
    clearInterval(poll)
    socket.disconnect()
  })

  nitro.hooks.hook('request', async (event) => {
    const [uiManifest, newestLook] = await Promise.all([manifest.now(), look.now()])
    event.context.uiManifest = uiManifest
    event.context.look = newestLook
    event.context.translations = Object.fromEntries(
      await Promise.all(
        translations.map(async ({ code, texts }) => [code, (await texts.now())?.overrides ?? {}] as const),
      ),
    )
  })
})
