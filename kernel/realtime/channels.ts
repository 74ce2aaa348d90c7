import type { Principal } from '../broker/index.ts'

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
