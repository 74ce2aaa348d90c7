import type { Principal } from './broker/index.ts'
import type { Access } from './contract/index.ts'

export interface Channel {
  /** `spot.book` */
  readonly name: string
  /** `user`: its only key is `me`, and everybody sees the own one. */
  readonly access: Access | 'user'
  /** Tells how this node is doing; what others publish under the name is not meant. */
  readonly isOfNode?: true
}

/**
 * A subscriber's first look at a channel: the kernel joins the subscriber first and asks for the snapshot then, so that
 * nothing is missed; a message older than the snapshot (by the payload's own `seq`) is the client's to drop.
 */
export type ChannelSource = (subscription: {
  /** The part after the colon: `BTC-USDT`, or the user's id where the channel's access is `user`. */
  readonly key: string
  readonly principal: Principal
}) => Promise<unknown>

/** Sends to everybody on `name:key`. Messages published in one turn leave as one packet a subscriber. */
export type ChannelPublisher = (name: string, key: string, message: unknown) => void

/** Where modules offer channels and send on them. */
export interface Channels {
  /** Offers a channel; the same owner may offer it again with new code, and subscribers stay. */
  provide(owner: string, channel: Channel, source: ChannelSource): void
  /** Sends to everybody on `name:key`; the key of a `user` channel is the user's id. */
  publish(name: string, key: string, message: unknown): void
}
