export type { ChannelPublisher, ChannelSource } from './channels.ts'
export { createRealtime, type Channel, type Realtime, type RealtimeOptions } from './realtime.ts'
export { realtimeRefusals } from './refusals.ts'
