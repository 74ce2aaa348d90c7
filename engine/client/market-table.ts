/** The markets a client knows, by name and by the index they travel under. */
import { decodeEvents, viewEvents } from '../messages/event-decode.ts'
import { readText } from '../messages/command-record.ts'
import type { EngineEvent } from '../messages/event.ts'
import { createMarket, type Market, type MarketTerms } from '../messages/market.ts'
import {
  EVENT_HEAD,
  EVENT_MARKET,
  EVENT_MARKET_INDEX,
  EVENT_PRICE,
  EVENT_TEXTS,
} from '../messages/records.ts'

class UnknownMarket extends Error {}

export class MarketTable {
  readonly #byIndex: Market[] = []
  readonly #byName = new Map<string, Market>()

  find = (name: string): Market | undefined => this.#byName.get(name)

  learn(index: number, terms: MarketTerms): void {
    // The engine only ever gives out terms it has accepted.
    const market = createMarket(index, terms) as Market
    this.#byIndex[index] = market
    this.#byName.set(terms.market, market)
  }

  /** Decodes events, learning markets from those that create them and asking `refresh` for those it never saw. */
  async decode(bytes: Uint8Array, refresh: () => Promise<void>): Promise<EngineEvent[]> {
    this.#learnFrom(bytes)
    try {
      return decodeEvents(bytes, this.#at)
    } catch (error) {
      if (!(error instanceof UnknownMarket)) throw error
      // The bytes may be read over meanwhile.
      const kept = new Uint8Array(bytes)
      await refresh()
      return decodeEvents(kept, this.#at)
    }
  }

  #at = (index: number): Market => {
    const market = this.#byIndex[index]
    if (!market) throw new UnknownMarket(`market ${index} is not known`)
    return market
  }

  #learnFrom(bytes: Uint8Array): void {
    const { i, b } = viewEvents(bytes)
    for (let at = 0; at < i.length; at += (i[at]! & 0xffff) >> 2) {
      if (((i[at + EVENT_HEAD]! >> 16) & 255) !== EVENT_MARKET) continue
      const terms = JSON.parse(readText(b, (at + EVENT_TEXTS) * 4, i[at + EVENT_PRICE]!)) as MarketTerms
      this.learn(i[at + EVENT_MARKET_INDEX]!, terms)
    }
  }
}
