/** The engine's public face: what the rest of the platform may use of it. */
export { connectEngine, type EngineClient, type EngineClientOptions } from './client/client.ts'
export {
  checkCommand,
  MalformedCommand,
  type CancelAllCommand,
  type CancelCommand,
  type Command,
  type MarketCommand,
  type MarketState,
  type PlaceLimitCommand,
  type PlaceMarketCommand,
  type Side,
  type TimeInForce,
  type TransferCommand,
} from './messages/command.ts'
export {
  reasons,
  type AcceptedEvent,
  type CanceledAllEvent,
  type CanceledEvent,
  type EngineEvent,
  type ExpiredEvent,
  type MarketEvent,
  type Outcome,
  type Reason,
  type RejectedEvent,
  type TradeEvent,
  type TransferEvent,
} from './messages/event.ts'
export { EngineUnavailable } from './client/link.ts'
export type { MarketTerms } from './messages/market.ts'
export type { AssetTerms, Balance, Depth, DepthLevel, OpenOrder } from './core/reads.ts'
export { MalformedLine, replayFile } from './replay.ts'
