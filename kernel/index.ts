/** The kernel's public face: what a plugin's server code may import. */
export type * from './exchange/exchange.ts'
export type * from './exchange/market-event.ts'
export { candleIntervals, marketStates } from './exchange/exchange.ts'
export type * from './ledger/ledger.ts'
export { transaction } from './database/transaction.ts'
export { definePlugin, type PluginManifest } from './plugins/manifest.ts'
export {
  implement,
  type Call,
  type Client,
  type Implementation,
  type Principal,
} from './broker/implementation.ts'
export type { Logger } from './log/index.ts'
export type {
  PluginExtensions,
  PluginKernel,
  PluginServer,
  PluginUser,
  StartPlugin,
} from './plugins/plugin-server.ts'
export type { Clock } from './clock.ts'
export type { DeliveredEvent, EventListener } from './events/event.ts'
export type { JobHandler, JobRun, StartedRun, StartRun } from './jobs/job.ts'
export type { ActivityKind, NewActivity } from './activity/entry.ts'
export type { IsStepDone, OnboardingStep } from './onboarding/step.ts'
export type { FindTasks, Task, TaskSource } from './tasks/task.ts'
export type { SearchHit, SearchRequest, SearchSource } from './search/source.ts'
export type { NewNotice } from './notifications/notice.ts'
export type { SocketConnection, SocketHandler } from './realtime/sockets.ts'
export { assetPrice, orderAuthorize, purchaseAuthorize } from './filters/points.ts'
export type { ChannelPublisher, ChannelSource } from './channels.ts'
