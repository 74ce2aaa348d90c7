/** Events about accounts, fees, lists, uncrosses and time, read back from their bytes. */
import { readText } from './command-record.ts'
import { formatUnits } from './decimal.ts'
import type { EngineEvent } from './event.ts'
import type { Memory } from '../core/layout.ts'
import { formatPrice, formatQuantity, type Market } from './market.ts'
import * as records from './records.ts'

const {
  EVENT_ACCOUNT,
  EVENT_ACCOUNT_MAKER,
  EVENT_LEAVES,
  EVENT_LENGTHS,
  EVENT_MARKET_INDEX,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_SEQ,
  EVENT_TEXTS,
  EVENT_TIME,
  FLAG_DISCOUNT_ON,
  FLAG_DONE,
  listKinds,
} = records

export function decodeSetting(
  { i, f, b }: Memory,
  at: number,
  type: number,
  marketAt: (index: number) => Market,
): EngineEvent {
  const happened = { seq: f[(at + EVENT_SEQ) >> 1]!, time: f[(at + EVENT_TIME) >> 1]! }
  const flags = i[at]! >>> 24
  const index = i[at + EVENT_MARKET_INDEX]!
  const account = i[at + EVENT_ACCOUNT]!
  const aside = i[at + EVENT_PRICE]!
  const value = f[(at + EVENT_QUANTITY) >> 1]!
  const second = f[(at + EVENT_ORDER) >> 1]!
  const third = f[(at + EVENT_LEAVES) >> 1]!
  const lengths = i[at + EVENT_LENGTHS]!
  const text = readText(b, (at + EVENT_TEXTS) * 4, lengths & 255)
  switch (type) {
    case records.EVENT_TRANSFERRED: {
      const amount = formatUnits(value, aside)
      const parties = { from: account, to: i[at + EVENT_ACCOUNT_MAKER]! }
      return { ...happened, event: 'transferred', ...parties, asset: text, amount }
    }
    case records.EVENT_ACCOUNT_SET: {
      const discount = (flags & FLAG_DISCOUNT_ON) !== 0
      const tradeGroup = i[at + EVENT_ACCOUNT_MAKER]!
      return { ...happened, event: 'account', account, feeTier: aside, tradeGroup, discount }
    }
    case records.EVENT_FEE_TIER: {
      const market = index >= 0 ? { market: marketAt(index).terms.market } : {}
      const fees = { makerFeePpm: second, takerFeePpm: third }
      return { ...happened, event: 'feeTier', tier: value, ...market, ...fees }
    }
    case records.EVENT_DISCOUNT: {
      const assetAt = (at + EVENT_TEXTS) * 4 + (((lengths & 255) + 3) & ~3)
      const asset = readText(b, assetAt, (lengths >> 8) & 255)
      const rate = formatUnits(value, aside)
      return { ...happened, event: 'discount', feeAsset: text, asset, rate, discountPpm: second }
    }
    case records.EVENT_GUARDED:
      return { ...happened, event: 'guarded', account, session: value }
    case records.EVENT_LIST: {
      const kind = listKinds[flags & 3]!
      const status = flags & FLAG_DONE ? 'done' : 'started'
      const { market } = marketAt(index).terms
      return { ...happened, event: 'list', market, account, id: text, list: second, kind, status }
    }
    case records.EVENT_UNCROSSED: {
      const market = marketAt(index)
      const quantity = formatQuantity(market, value)
      const price = formatPrice(market, aside)
      return { ...happened, event: 'uncrossed', market: market.terms.market, price, quantity }
    }
    case records.EVENT_CLOCK:
      return { ...happened, event: 'clock', expired: value, left: third }
    default:
      throw new Error(`there is no event ${type}`)
  }
}
