/** The kernel's public face: what a plugin's server code may import. */
export type * from './exchange/exchange.ts'
export type * from './exchange/market-event.ts'
export { candleIntervals, marketStates } from './exchange/exchange.ts'
export type * from './ledger/ledger.ts'
export { definePlugin, type PluginManifest } from './plugins/manifest.ts'
export {
  implement,
  type Call,
  type Client,
  type Implementation,
  type Principal,
} from './broker/implementation.ts'
export type { Logger } from './broker/logger.ts'
export type { PluginKernel, PluginServer, StartPlugin } from './plugins/plugin-server.ts'
export type { ChannelPublisher, ChannelSource } from './realtime/channels.ts'
