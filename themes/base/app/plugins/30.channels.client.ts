import { createChannelHub, type ChannelSocket } from '../host/channel-hub.ts'

/** One socket a tab, opened by the first subscriber; the client library is not part of the first load. */
async function openSocket(): Promise<ChannelSocket> {
  const { io } = await import('socket.io-client')
  return io({
    transports: ['websocket'],
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 5_000,
  })
}

export default defineNuxtPlugin({
  name: 'cambium:channels',
  setup() {
    return { provide: { channels: createChannelHub(openSocket) } }
  },
})
