/** The kernel's public face: what a plugin's server code may import. */
export type * from './exchange/exchange.ts'
export { candleIntervals } from './exchange/exchange.ts'
export type * from './ledger/ledger.ts'
export { definePlugin, type PluginManifest } from './plugins/manifest.ts'
export {
  implement,
  type Call,
  type Implementation,
  type Logger,
  type PluginKernel,
  type PluginServer,
  type Principal,
  type StartPlugin,
} from './plugins/plugin-server.ts'
export type { ChannelPublisher, ChannelSource } from './realtime/channels.ts'
