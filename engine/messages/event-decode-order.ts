/** What events say of one order, read back from their bytes. */
import { readText } from './command-record.ts'
import type { Side } from './command.ts'
import { formatUnits } from './decimal.ts'
import type { AcceptedEvent } from './event.ts'
import type { Memory } from '../core/layout.ts'
import { formatPrice, formatQuantity, type Market } from './market.ts'
import * as records from './records.ts'

const {
  ACCEPTED_LIST,
  ACCEPTED_STATUS,
  ACCEPTED_WORDS,
  EVENT_ACCOUNT,
  EVENT_HEAD,
  EVENT_LENGTHS,
  EVENT_ORDER,
  EVENT_PRICE,
  EVENT_QUANTITY,
  EVENT_SEQ,
  EVENT_TEXTS,
  EVENT_TIME,
  EXTRA_DECIMALS,
  EXTRA_DISPLAY,
  EXTRA_EXPIRES,
  EXTRA_KIND,
  EXTRA_QUOTE,
  EXTRA_TRAILING,
  EXTRA_TRIGGER,
  EXTRA_WORDS,
  FLAG_EXTRA,
  FLAG_MARKET,
  FLAG_POST_ONLY,
  FLAG_SELL,
  HAS_DISPLAY,
  HAS_QUOTE,
  HAS_TRAILING,
  HAS_TRIGGER,
  TIF_SHIFT,
  openStatuses,
  orderTypes,
  preventions,
  timesInForce,
} = records

export function sideOf(flags: number): Side {
  return flags & FLAG_SELL ? 'sell' : 'buy'
}

/** The fields of every event about one order. */
export function orderHead({ i, f, b }: Memory, at: number, market: Market) {
  return {
    seq: f[(at + EVENT_SEQ) >> 1]!,
    time: f[(at + EVENT_TIME) >> 1]!,
    market: market.terms.market,
    account: i[at + EVENT_ACCOUNT]!,
    id: readText(b, (at + EVENT_TEXTS) * 4, i[at + EVENT_LENGTHS]! & 255),
    order: f[(at + EVENT_ORDER) >> 1]!,
    side: sideOf(i[at]! >>> 24),
  }
}

export function decodeAccepted(view: Memory, at: number, market: Market): AcceptedEvent {
  const { i, f } = view
  const flags = i[at]! >>> 24
  const quantity = formatQuantity(market, f[(at + EVENT_QUANTITY) >> 1]!)
  const head = { ...orderHead(view, at, market), event: 'accepted' } as const
  const timeInForce = timesInForce[(flags >> TIF_SHIFT) & 3]!
  const priced = flags & FLAG_MARKET ? {} : { timeInForce, price: formatPrice(market, i[at + EVENT_PRICE]!) }
  const posted = flags & FLAG_POST_ONLY ? { postOnly: true as const } : {}
  if (flags & FLAG_EXTRA) return { ...head, ...priced, ...posted, ...decodeExtra(view, at, market, quantity) }
  return { ...head, type: flags & FLAG_MARKET ? 'market' : 'limit', ...priced, quantity, ...posted }
}

function decodeExtra({ i, f }: Memory, at: number, market: Market, quantity: string) {
  const tail = at + ((i[at + EVENT_HEAD]! & 0xffff) >> 2) - ACCEPTED_WORDS
  const extra = tail - EXTRA_WORDS
  const kind = i[extra + EXTRA_KIND]!
  const mode = (kind >> 8) & 255
  const expiresAt = f[(extra + EXTRA_EXPIRES) >> 1]!
  const list = f[(tail + ACCEPTED_LIST) >> 1]!
  const status = i[tail + ACCEPTED_STATUS]!
  const quote =
    kind & HAS_QUOTE ? formatUnits(f[(extra + EXTRA_QUOTE) >> 1]!, i[extra + EXTRA_DECIMALS]!) : ''
  return {
    type: orderTypes[kind & 255]!,
    ...(quote === '' ? { quantity } : { quoteQuantity: quote }),
    ...(kind & HAS_DISPLAY && {
      displayQuantity: formatQuantity(market, f[(extra + EXTRA_DISPLAY) >> 1]!),
    }),
    ...(kind & HAS_TRIGGER && { triggerPrice: formatPrice(market, i[extra + EXTRA_TRIGGER]!) }),
    ...(kind & HAS_TRAILING && { trailingBips: i[extra + EXTRA_TRAILING]! }),
    ...(expiresAt > 0 && { expiresAt }),
    ...(mode > 0 && { selfTradePrevention: preventions[mode - 1]! }),
    ...(status > 0 && { status: openStatuses[status - 1]! }),
    ...(list > 0 && { list }),
  }
}
