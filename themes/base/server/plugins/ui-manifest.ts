import type { UiManifest } from '@cambium/kernel/ui-manifest'
import { io } from 'socket.io-client'

type Answer = { readonly ok: true; readonly snapshot: UiManifest | null } | { readonly ok: false }

const pollMs = 5_000
/** How long the first pages wait for a kernel that is just starting. */
const firstAnswerMs = 2_000

/**
 * Keeps what the enabled plugins show in this process's memory and gives every request the same picture to render and to
 * send along. Follows the kernel's channel; while that is down, asks over HTTP.
 */
export default defineNitroPlugin((nitro) => {
  if (import.meta.prerender || process.env.PORTAL_REHEARSAL) return
  const { apiOrigin, public: config } = useRuntimeConfig()
  const channel = `platform.ui:${config.app}`
  let manifest: UiManifest | null = null

  async function ask(): Promise<void> {
    const response = await fetch(`${apiOrigin}/api/platform/ui/${config.app}`, {
      signal: AbortSignal.timeout(firstAnswerMs),
    })
    if (response.ok) manifest = (await response.json()) as UiManifest
  }

  const socket = io(apiOrigin, {
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 3_000,
  })
  socket.on('connect', () => {
    socket.emit('subscribe', { channel }, (answer: Answer) => {
      if (answer.ok && answer.snapshot) manifest = answer.snapshot
    })
  })
  socket.on('message', (message: { channel: string; data: UiManifest | null }) => {
    if (message.channel === channel && message.data) manifest = message.data
  })
  const poll = setInterval(() => {
    if (!socket.connected) ask().catch(() => undefined)
  }, pollMs)
  nitro.hooks.hook('close', () => {
    clearInterval(poll)
    socket.disconnect()
  })

  nitro.hooks.hook('request', async (event) => {
    if (!manifest) await ask().catch(() => undefined)
    event.context.uiManifest = manifest
  })
})
