import { ProblemError, type Api } from '@cambium/kernel/contract'
import { reportPageError } from '@cambium/kernel/plugins/routes'
import type { HostFailure } from './plugin-host.ts'
import { generationKey } from './generation.ts'

const reportsMax = 20

/** Tells the operator of a failing page, each failure of a build once. */
export function createReporter(app: 'portal' | 'admin', api: Api): (failure: HostFailure) => void {
  const told = new Set<string>()
  return ({ plugin, contribution, error }) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    console.error(`[${generationKey(plugin)}] ${contribution}:`, error)
    const key = `${generationKey(plugin)} ${contribution} ${message}`
    if (told.has(key) || told.size >= reportsMax) return
    told.add(key)
    const report = {
      app,
      pluginId: plugin.id,
      hash: plugin.hash,
      contribution,
      message: message.slice(0, 1000),
      ...(stack === undefined ? {} : { stack: stack.slice(0, 8000) }),
    }
    // A report that does not arrive must not fail the page a second time.
    api(reportPageError, report).catch(() => undefined)
  }
}

/** Keeps what a part throws while it is tried. That the API gave no data is no fault of the part. */
export function rehearsalReporter({
  failures,
}: {
  readonly failures: unknown[]
}): (failure: HostFailure) => void {
  return ({ error }) => {
    if (!(error instanceof ProblemError)) failures.push(error)
  }
}
