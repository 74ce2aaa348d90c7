import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { ParamsOf } from '@cambium/kernel/contract'
import {
  compareDecimals,
  isPositiveDecimal,
  share,
  subtractDecimals,
  toMultiple,
} from '@cambium/kernel/money'
import type { Balance } from '../routes/balances.ts'
import { notional, orderFault, quantityFor, type OrderFault } from '../routes/market-rules.ts'
import type { Market } from '../routes/markets.ts'
import type { placeOrder, TimeInForce } from '../routes/orders.ts'
import { walkNotional, walkQuantity } from './book-walk.ts'
import type { Level } from './live-book.ts'

export interface TicketSources {
  readonly market: Readonly<Ref<Market>>
  /** Null while unknown: signed out, or not loaded yet. */
  readonly balances: Readonly<Ref<readonly Balance[] | null>>
  readonly book: Readonly<Ref<{ readonly bids: readonly Level[]; readonly asks: readonly Level[] }>>
}

export type TicketFault = OrderFault | 'balanceTooSmall' | 'bookEmpty' | 'postOnlyWouldTrade' | 'marketHalted'

/** What an order is expected to cost and bring. A market order's is what the book says now. */
export interface Estimate {
  readonly notional: string
  readonly fee: string
  readonly feePpm: number
  readonly receives: string
  /** A market order for more than the book has: the rest expires. */
  readonly isPartial: boolean
}

export interface OrderTicket {
  readonly side: Ref<'buy' | 'sell'>
  readonly type: Ref<'limit' | 'market'>
  /** As typed: `12.` and an empty field are possible. */
  readonly price: Ref<string>
  readonly quantity: Ref<string>
  /** Price × quantity; writing it chooses the quantity that fits. */
  readonly total: Ref<string>
  readonly timeInForce: Ref<TimeInForce>
  readonly isPostOnly: Ref<boolean>
  readonly spendAssetId: ComputedRef<string>
  readonly receiveAssetId: ComputedRef<string>
  readonly available: ComputedRef<string | null>
  /** The most that can be ordered with what is available. */
  readonly quantityMax: ComputedRef<string | null>
  readonly estimate: ComputedRef<Estimate | null>
  readonly fault: ComputedRef<TicketFault | null>
  /** The order as it will be sent; only without a fault. */
  request(): ParamsOf<typeof placeOrder>
  /** After an order was taken: the price stays, the quantity does not. */
  clear(): void
}

/** A half-typed number as the number it is so far; null when it is none. */
function settled(entry: string): string | null {
  const text = entry.endsWith('.') ? entry.slice(0, -1) : entry
  return isPositiveDecimal(text) ? text : null
}

/** The state of an order being written, and everything that follows from it. Needs no browser. */
export function useOrderTicket({ market, balances, book }: TicketSources): OrderTicket {
  const side = ref<'buy' | 'sell'>('buy')
  const type = ref<'limit' | 'market'>('limit')
  const price = ref('')
  const quantity = ref('')
  const timeInForce = ref<TimeInForce>('GTC')
  const isPostOnly = ref(false)
  const typedTotal = ref<string | null>(null)

  const opposite = computed(() => (side.value === 'buy' ? book.value.asks : book.value.bids))
  const spendAssetId = computed(() =>
    side.value === 'buy' ? market.value.quoteAssetId : market.value.baseAssetId,
  )
  const receiveAssetId = computed(() =>
    side.value === 'buy' ? market.value.baseAssetId : market.value.quoteAssetId,
  )
  const available = computed(() => {
    if (balances.value === null) return null
    return balances.value.find(({ assetId }) => assetId === spendAssetId.value)?.available ?? '0'
  })

  /** The price the sums are made with; null for a market order, which walks the book instead. */
  const limitPrice = computed(() => (type.value === 'limit' ? settled(price.value) : null))

  function quantityForSum(sum: string): string | null {
    const isMarket = type.value === 'market'
    if (!isMarket && limitPrice.value === null) return null
    const raw = isMarket
      ? walkNotional(opposite.value, sum).quantity
      : quantityFor(sum, limitPrice.value ?? '1')
    return toMultiple(raw, market.value.lotSize, 'down')
  }
  const quantityMax = computed(() => {
    if (available.value === null) return null
    if (side.value === 'buy') return quantityForSum(available.value)
    return toMultiple(available.value, market.value.lotSize, 'down')
  })

  const notionalNow = computed(() => {
    const amount = settled(quantity.value)
    if (amount === null) return null
    if (type.value === 'market') return walkQuantity(opposite.value, amount)
    if (limitPrice.value === null) return null
    return { quantity: amount, notional: notional(limitPrice.value, amount) }
  })

  const total = computed({
    get: () => typedTotal.value ?? notionalNow.value?.notional ?? '',
    set: (typed) => {
      const sum = settled(typed)
      quantity.value = (sum !== null && quantityForSum(sum)) || ''
      typedTotal.value = typed
    },
  })
  // A total that was typed stands until one of its factors is.
  watch([price, quantity, type, side], () => (typedTotal.value = null), { flush: 'sync' })

  const wouldTrade = computed(() => {
    const best = opposite.value[0]?.[0]
    if (type.value === 'market') return true
    if (best === undefined || limitPrice.value === null) return false
    const distance = compareDecimals(limitPrice.value, best)
    return side.value === 'buy' ? distance >= 0 : distance <= 0
  })

  const estimate = computed<Estimate | null>(() => {
    const walk = notionalNow.value
    if (!walk) return null
    const feePpm = wouldTrade.value ? market.value.takerFeePpm : market.value.makerFeePpm
    const gross = side.value === 'buy' ? walk.quantity : walk.notional
    const fee = share(gross, feePpm, 'up')
    return {
      notional: walk.notional,
      fee,
      feePpm,
      receives: subtractDecimals(gross, fee),
      isPartial: compareDecimals(walk.quantity, settled(quantity.value) ?? '0') < 0,
    }
  })

  const fault = computed<TicketFault | null>(() => {
    if (market.value.state !== 'trading') return 'marketHalted'
    const best = opposite.value[0]?.[0] ?? null
    if (type.value === 'market' && best === null) return 'bookEmpty'
    const draft = {
      side: side.value,
      type: type.value,
      price: settled(price.value) ?? price.value,
      quantity: settled(quantity.value) ?? quantity.value,
    }
    const broken = orderFault(market.value, draft, best)
    if (broken) return broken
    const needed = side.value === 'buy' ? (notionalNow.value?.notional ?? '0') : draft.quantity
    if (available.value !== null && compareDecimals(needed, available.value) > 0) return 'balanceTooSmall'
    return type.value === 'limit' && isPostOnly.value && wouldTrade.value ? 'postOnlyWouldTrade' : null
  })

  return {
    side,
    type,
    price,
    quantity,
    total,
    timeInForce,
    isPostOnly,
    spendAssetId,
    receiveAssetId,
    available,
    quantityMax,
    estimate,
    fault,
    request() {
      const order = {
        marketId: market.value.id,
        side: side.value,
        type: type.value,
        quantity: settled(quantity.value) ?? '0',
      }
      if (type.value === 'market') return order
      return {
        ...order,
        price: settled(price.value) ?? '0',
        timeInForce: timeInForce.value,
        isPostOnly: isPostOnly.value && timeInForce.value === 'GTC',
      }
    },
    clear() {
      quantity.value = ''
    },
  }
}
