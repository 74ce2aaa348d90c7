/** The engine's public face: what the rest of the platform may use of it. */
export { connectEngine, type EngineClient, type EngineClientOptions } from './client.ts'
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
} from './command.ts'
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
} from './event.ts'
export { EngineUnavailable } from './link.ts'
export type { MarketTerms } from './market.ts'
export type { AssetTerms, Balance, Depth, DepthLevel, OpenOrder } from './reads.ts'
export { MalformedLine, replayFile } from './replay.ts'
