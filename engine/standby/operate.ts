/** What operators use of running engines and their folders from outside. */
import { EngineLink, EngineUnavailable } from '../client/link.ts'
import { readEpoch } from './epoch.ts'

const ANSWER_MS = 30_000

export type { EngineStatus, Promoted } from './control.ts'

/** Asks one engine, whatever its role: `status`, `verify`, `promote`. Rejects with `EngineUnavailable` when it refuses. */
export async function askEngine<Result>(socket: string, question: { readonly ask: string }): Promise<Result> {
  const link = new EngineLink(socket, { onClose: () => undefined })
  const late = setTimeout(() => {
    link.fail(new EngineUnavailable(`${socket} does not answer`))
  }, ANSWER_MS)
  try {
    await link.opened
    return await link.ask<Result>(question)
  } finally {
    clearTimeout(late)
    link.close()
  }
}

/** Which of the folders of one engine and its standbys has the primary, by what they say of themselves. */
export function primaryAmong(folders: readonly string[]): number {
  let [primary, highest] = [0, 0]
  for (const [index, folder] of folders.entries()) {
    const found = readEpoch(folder)
    if (found?.role !== 'primary' || found.epoch <= highest) continue
    primary = index
    highest = found.epoch
  }
  return primary
}
