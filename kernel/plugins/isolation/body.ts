import type { Port } from './peer.ts'

/** Why a body ended by itself. */
export interface BodyEnd {
  readonly kind: 'crash' | 'memory'
  readonly message: string
}

/** The thread or process a runner's program runs in. */
export interface Body {
  readonly port: Port
  /** Called once, also after `end`. */
  onEnd(listener: (end: BodyEnd) => void): void
  /** All memory of the process; undefined where it is the kernel's own. */
  residentBytes(): number | undefined
  /** At once, whatever it does. */
  end(): Promise<void>
}
