/** Tells the other engine of two which epoch this primary is in, until it has heard: it may not know that it was replaced. */
import { EngineLink } from '../client/link.ts'
import type { Epoch } from './epoch.ts'

const RETRY_MS = 1000

export class Herald {
  readonly #address: string
  readonly #epoch: Epoch
  #link: EngineLink | undefined
  #retry: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(address: string, epoch: Epoch) {
    this.#address = address
    this.#epoch = epoch
    void this.#tell()
  }

  async #tell(): Promise<void> {
    const { known, engine } = this.#epoch
    const link = new EngineLink(this.#address, { onClose: () => undefined }, { epoch: known, engine })
    this.#link = link
    const late = setTimeout(() => {
      link.close()
    }, RETRY_MS)
    try {
      const hello = await link.opened
      // It said hello before it heard ours; the next time it says what it knows.
      if (hello.known >= known) {
        this.#isStopped = true
        await this.#epoch.hear(hello.known)
      }
    } catch {
      // It does not run, or cannot be reached.
    } finally {
      clearTimeout(late)
      link.close()
    }
    if (!this.#isStopped) this.#retry = setTimeout(() => void this.#tell(), RETRY_MS).unref()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#link?.close()
  }
}
