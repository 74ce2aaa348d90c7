/**
 * What befell a runner. `crash`: it ended or threw outside any call; `memory`: it went over its cap; `hang`: it did not
 * answer the heartbeat; `flood`: it sent more than anybody could read; `quarantine`: it kept failing and is not
 * started again.
 */
export interface Fault {
  readonly kind: 'crash' | 'memory' | 'hang' | 'flood' | 'quarantine'
  readonly message: string
  readonly at: Date
}

/** How much a runner may take, and how patient the kernel is with it. */
export interface IsolationLimits {
  /** Of a plugin whose manifest asks for nothing else. */
  readonly memoryMb: number
  /** Whatever a manifest asks for. */
  readonly memoryMaxMb: number
  /** It answers a heartbeat within so much. */
  readonly hangMs: number
  readonly heartbeatMs: number
  readonly restartMinMs: number
  readonly restartMaxMs: number
  /** So many faults within the window are a quarantine. */
  readonly faultsMax: number
  readonly faultsWindowMs: number
  /** Messages it may send in a quarter of a second. */
  readonly messagesMax: number
}

export const defaultLimits: IsolationLimits = {
  memoryMb: 128,
  memoryMaxMb: 512,
  hangMs: 5_000,
  heartbeatMs: 500,
  restartMinMs: 1_000,
  restartMaxMs: 60_000,
  faultsMax: 5,
  faultsWindowMs: 600_000,
  messagesMax: 5_000,
}
