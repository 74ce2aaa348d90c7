/** One consumer of events with a socket of its own, so that a slow one holds up nobody's answers. */
import type { EngineEvent } from '../messages/event.ts'
import { FRAME_FOLLOW } from '../process/frame.ts'
import type { Addresses } from './addresses.ts'
import type { EngineLink } from './link.ts'
import { MarketTable } from './market-table.ts'
import type { MarketTerms } from '../messages/market.ts'

const WAITING_FRAMES_MAX = 16
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1000

interface FollowingOptions {
  readonly addresses: Addresses
  readonly onDisconnect?: (reason: Error) => void
}

export class Following {
  readonly #onEvents: (events: EngineEvent[]) => Promise<void> | void
  readonly #options: FollowingOptions
  readonly #markets = new MarketTable()
  #nextSeq: number
  /** Of the engine that gave the last events: another one may have other events in their place. */
  #epoch = 0
  #link: EngineLink | undefined
  #waiting: { readonly link: EngineLink; readonly events: Buffer }[] = []
  #isDelivering = false
  #isClosed = false
  #retryMs = RETRY_MS_MIN
  #retry: NodeJS.Timeout | undefined

  constructor(
    fromSeq: number,
    onEvents: (events: EngineEvent[]) => Promise<void> | void,
    options: FollowingOptions,
  ) {
    this.#nextSeq = fromSeq
    this.#onEvents = onEvents
    this.#options = options
    void this.#connect()
  }

  async #connect(): Promise<void> {
    try {
      const link = await this.#options.addresses.open({
        onEvents: (events) => {
          this.#receive(link, events)
        },
        onClose: (reason) => {
          this.#link = undefined
          if (this.#isClosed) return
          this.#options.onDisconnect?.(reason)
          this.#connectLater()
        },
      })
      if (this.#isClosed) return link.close()
      this.#link = link
      await this.#refresh(link).catch((error: unknown) => {
        // Refused by an engine that waits for its standby: the close handler tries again.
        link.fail(error as Error)
        throw error
      })
      const payload = Buffer.alloc(16)
      payload.writeDoubleLE(this.#nextSeq)
      payload.writeDoubleLE(this.#epoch, 8)
      link.send(FRAME_FOLLOW, 0, payload)
    } catch {
      // The close handler has it.
    }
  }

  #connectLater(): void {
    this.#waiting = []
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX)
  }

  async #refresh(link: EngineLink): Promise<void> {
    const { result } = await link.read<MarketTerms[]>({ read: 'markets' })
    for (const [index, terms] of result.entries()) this.#markets.learn(index, terms)
  }

  #receive(link: EngineLink, events: Buffer): void {
    this.#waiting.push({ link, events })
    // Not reading makes the engine stop sending: that is all the back-pressure there is.
    if (this.#waiting.length >= WAITING_FRAMES_MAX) link.socket.pause()
    if (!this.#isDelivering) void this.#deliver()
  }

  async #deliver(): Promise<void> {
    this.#isDelivering = true
    for (let frame = this.#waiting[0]; frame && !this.#isClosed; frame = this.#waiting[0]) {
      const { link, events } = frame
      try {
        const decoded = await this.#markets.decode(events, () => this.#refresh(link))
        // A connection made while these were being handled may bring some of them again.
        const fresh = decoded.filter(({ seq }) => seq >= this.#nextSeq)
        if (fresh.length > 0) await this.#onEvents(fresh)
        this.#nextSeq = (fresh.at(-1)?.seq ?? this.#nextSeq - 1) + 1
        this.#epoch = Math.max(this.#epoch, (await link.opened).epoch)
        this.#retryMs = RETRY_MS_MIN
        if (this.#waiting[0] === frame) this.#waiting.shift()
        if (this.#waiting.length < WAITING_FRAMES_MAX) link.socket.resume()
      } catch (error) {
        // The consumer did not take them: the same events come again, from the engine, after a pause.
        this.#waiting = this.#waiting.filter((waiting) => waiting.link !== link)
        link.fail(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#isDelivering = false
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    this.#link?.close()
  }
}
