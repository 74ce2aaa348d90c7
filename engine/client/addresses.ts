/** The engines a client may use, of which one at a time answers, and the highest epoch it has seen in any of them. */
import { EngineLink, EngineUnavailable, type LinkHandlers } from './link.ts'

/** A primary that says nothing for so long is as good as away. */
const HELLO_MS = 3000

export class Addresses {
  readonly #sockets: readonly string[]
  #current = 0
  /** Answers from an engine of a lower epoch are refused: it has been replaced and may not know it yet. */
  epoch: number

  /** `sockets`: one address or several with commas between them, each a Unix socket's path or host:port. */
  constructor(sockets: string, epoch = 0) {
    this.#sockets = sockets.split(',').map((socket) => socket.trim())
    this.epoch = epoch
  }

  /**
   * Opens a link to the engine that may answer, trying the addresses in turn from the last good one. When there is none
   * it tells `onClose` once and rejects with the reason.
   */
  async open(handlers: LinkHandlers): Promise<EngineLink> {
    if (this.epoch === 0 && this.#sockets.length > 1) await this.#learnEpoch()
    let reason = new EngineUnavailable('there is no address')
    for (let tried = 0; tried < this.#sockets.length; tried++) {
      try {
        return await this.#openOne(this.#sockets[this.#current]!, handlers)
      } catch (error) {
        reason = error as EngineUnavailable
        this.#current = (this.#current + 1) % this.#sockets.length
      }
    }
    handlers.onClose(reason)
    throw reason
  }

  /** Before the first connection: an old primary that was replaced may be the first to answer. */
  async #learnEpoch(): Promise<void> {
    await Promise.allSettled(
      this.#sockets.map(async (socket) => {
        const link = new EngineLink(socket, { onClose: () => undefined })
        const late = setTimeout(() => {
          link.close()
        }, HELLO_MS)
        try {
          const { known } = await link.opened
          this.epoch = Math.max(this.epoch, known)
        } finally {
          clearTimeout(late)
          link.close()
        }
      }),
    )
  }

  async #openOne(socket: string, handlers: LinkHandlers): Promise<EngineLink> {
    let isOpen = false
    const onClose = (reason: Error): void => {
      if (isOpen) handlers.onClose(reason)
    }
    const link = new EngineLink(socket, { ...handlers, onClose }, { epoch: this.epoch })
    const late = setTimeout(() => {
      link.fail(new EngineUnavailable(`${socket} does not answer`))
    }, HELLO_MS)
    try {
      const { role, epoch, known } = await link.opened
      this.epoch = Math.max(this.epoch, epoch, known)
      if (role !== 'primary') throw new EngineUnavailable(`${socket} is ${role}`, `engine_is_${role}`)
      if (epoch < this.epoch) {
        throw new EngineUnavailable(`${socket} was replaced in epoch ${this.epoch}`, 'engine_is_fenced')
      }
      isOpen = true
      return link
    } catch (error) {
      link.close()
      throw error
    } finally {
      clearTimeout(late)
    }
  }
}
