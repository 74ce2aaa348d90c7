/** An event as a listener is told of it. */
export interface DeliveredEvent<Data = unknown> {
  /** The same whenever it comes again. */
  readonly id: string
  readonly name: string
  readonly key: string
  readonly data: Data
  /** When it was emitted, RFC 3339. */
  readonly at: string
}

/** Told at least once, in order per key. What it throws is tried again, later and later. */
export type EventListener = (event: DeliveredEvent<never>) => Promise<void>
