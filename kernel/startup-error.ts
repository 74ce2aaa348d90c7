import { ConfigurationError } from './configuration.ts'
import { ListenError } from './gateway/index.ts'
import { SetupError } from './setup/index.ts'

/** Why the kernel cannot start, in one sentence for the operator. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}

const forOperators = [ConfigurationError, ListenError, SetupError, StartupError]

/** One sentence for what an operator can mend; the stack for a bug. */
export function explainStartup(error: unknown): string {
  if (forOperators.some((kind) => error instanceof kind)) return (error as Error).message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What a driver says when it cannot connect; Node leaves the message empty when several addresses failed. */
export function connectionReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || String((error as NodeJS.ErrnoException).code)
}
